import { describe, expect, it } from 'vitest';
import { readBadInputs } from '../testing/bad-inputs.js';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import type { AnswerBody } from '../testing/start-test-api.js';

const api = oneApiPerFile();

async function createCampaign(): Promise<string> {
  const json = { name: 'Docs', seeds: ['https://example.org/'] };
  return (await api().call('POST', '/campaigns', { json })).body.id;
}

async function createSchedule(fields: object = {}, campaignId?: string): Promise<AnswerBody> {
  const id = campaignId ?? (await createCampaign());
  const json = { name: 'Nightly', cron: '30 2 * * *', ...fields };
  const { status, body } = await api().call('POST', `/campaigns/${id}/schedules`, { json });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

describe('a schedule', () => {
  it('takes a name and a cron expression: everything else has a default', async () => {
    const created = await createSchedule();
    expect(created).toMatchObject({
      ...{ name: 'Nightly', cron: '30 2 * * *', timeZone: 'UTC', status: 'active', statusReason: null },
      ...{ overlap: 'skip', catchUp: { mode: 'one', max: 1, windowSeconds: 3_600 }, jitterSeconds: 0 },
      ...{ blackouts: [], pauseAfterFailures: null, startsAt: null, endsAt: null, maxRuns: null },
      ...{ runsStarted: 0, consecutiveFailures: 0 },
    });
    expect(created['nextTickAt']).toMatch(/T02:30:00\.000Z$/);
    expect((await api().call('GET', `/schedules/${created.id}`)).body).toEqual(created);
    const list = await api().call('GET', `/campaigns/${String(created['campaignId'])}/schedules`);
    expect(list.body).toEqual({ items: [created], nextCursor: null });
  });

  it.each(['@daily', '@HOURLY', '0 0 L * *', '0 9 * * mon-fri', '  5  4  * * *  '])(
    'takes %s',
    async (cron) => {
      expect(await createSchedule({ cron })).toMatchObject({ status: 'active' });
    },
  );

  it('is changed by what a patch names, and planned anew', async () => {
    const { id } = await createSchedule({ catchUp: { mode: 'all', max: 3 } });
    const json = { timeZone: 'Asia/Tokyo', catchUp: { windowSeconds: 60 } };
    const { body } = await api().call('PATCH', `/schedules/${id}`, { json });
    expect(body).toMatchObject({
      timeZone: 'Asia/Tokyo',
      catchUp: { mode: 'all', max: 3, windowSeconds: 60 },
    });
    expect(body['nextTickAt']).toMatch(/T17:30:00\.000Z$/);
    const wrong = await api().call('PATCH', `/schedules/${id}`, {
      json: { endsAt: '2020-01-01T00:00:00Z', startsAt: '2021-01-01T00:00:00Z' },
    });
    expect(wrong.body).toMatchObject({
      status: 400,
      code: 'validation_failed',
      fields: [{ path: 'endsAt' }],
    });
  });

  it('is paused and resumed, twice the same, and not once it is finished', async () => {
    const { id } = await createSchedule();
    for (let n = 0; n < 2; n++) {
      const paused = await api().call('POST', `/schedules/${id}/pause`);
      expect(paused.body).toMatchObject({ status: 'paused', statusReason: 'paused_by_user' });
    }
    for (let n = 0; n < 2; n++) {
      const resumed = await api().call('POST', `/schedules/${id}/resume`);
      expect(resumed.body).toMatchObject({ status: 'active', statusReason: null });
    }
    const past = await createSchedule({ endsAt: '2020-01-01T00:00:00Z' });
    expect(past).toMatchObject({ status: 'finished', statusReason: 'end_date', nextTickAt: null });
    const refused = await api().call('POST', `/schedules/${past.id}/resume`);
    expect(refused.body).toMatchObject({ status: 409, code: 'schedule_state' });
  });

  it('once deleted is gone, but for its ticks', async () => {
    const { id, ...rest } = await createSchedule();
    await api().call('POST', `/schedules/${id}/run`);
    expect((await api().call('DELETE', `/schedules/${id}`)).status).toBe(204);
    expect((await api().call('GET', `/schedules/${id}`)).status).toBe(404);
    const list = await api().call('GET', `/campaigns/${String(rest['campaignId'])}/schedules`);
    expect(list.body.items).toEqual([]);
    expect((await api().call('GET', `/schedules/${id}/ticks`)).body.items.length).toBe(1);
  });

  it('of a deleted campaign is not there, whatever is asked of it, until the campaign is restored', async () => {
    const { id, ...rest } = await createSchedule();
    const removed = await createSchedule({}, String(rest['campaignId']));
    await api().call('DELETE', `/schedules/${removed.id}`);
    const campaign = `/campaigns/${String(rest['campaignId'])}`;
    await api().call('DELETE', campaign);
    const range = { from: '2026-01-01T00:00:00Z', to: '2026-01-05T00:00:00Z', max: 10 };
    const requests = [
      ['GET', id],
      ['PATCH', id, { name: 'Other' }],
      ['DELETE', id],
      ['GET', `${id}/ticks`],
      ['POST', `${id}/pause`],
      ['POST', `${id}/resume`],
      ['POST', `${id}/run`],
      ['POST', `${id}/restore`],
      ['POST', `${removed.id}/restore`],
      ['GET', `${removed.id}/ticks`],
      ['POST', `${id}/backfill`, range],
    ] as const;
    for (const [method, path, json] of requests) {
      const { status } = await api().call(method, `/schedules/${path}`, json === undefined ? {} : { json });
      expect([method, path, status]).toEqual([method, path, 404]);
    }
    await api().call('POST', `${campaign}/restore`);
    expect((await api().call('GET', `/schedules/${id}`)).body).toMatchObject({
      name: 'Nightly',
      status: 'active',
    });
    expect((await api().call('GET', `/schedules/${id}/ticks`)).body.items).toEqual([]);
  });

  it('tells the event stream of its campaign, and the audit log', async () => {
    const { id, ...rest } = await createSchedule();
    await api().call('POST', `/schedules/${id}/pause`);
    await api().call('DELETE', `/schedules/${id}`);
    const events = await api().call('GET', `/campaigns/${String(rest['campaignId'])}/events`);
    const types = events.body.items.map((event) => event['eventType']);
    expect(types).toEqual(['campaign.created', 'schedule.created', 'schedule.paused', 'schedule.deleted']);
    const audit = await api().db.app.withTenant(
      api().db.tenantId,
      (tx) => tx.sql<{ action: string }[]>`select action from audit_log where subject_id = ${id} order by id`,
    );
    expect(audit.map(({ action }) => action)).toEqual([
      'schedule.create',
      'schedule.pause',
      'schedule.delete',
    ]);
  });

  it('is one of at most a hundred of its campaign', async () => {
    const campaignId = await createCampaign();
    for (let n = 0; n < 100; n++) await createSchedule({}, campaignId);
    const json = { name: 'x', cron: '@daily' };
    const { body } = await api().call('POST', `/campaigns/${campaignId}/schedules`, { json });
    expect(body).toMatchObject({ status: 422, code: 'limit_exceeded' });
  });
});

describe('what a schedule must not be', () => {
  it.each(readBadInputs<object>('schedules').filter(({ layer }) => layer === 'schedule'))(
    '$id',
    async ({ input, expected }) => {
      const campaignId = await createCampaign();
      const json = { name: 'x', cron: '@daily', ...input };
      const { body } = await api().call('POST', `/campaigns/${campaignId}/schedules`, { json });
      const { status, code, path, message } = expected as typeof expected & { message?: string };
      expect(body).toMatchObject({ status, code });
      expect(body.fields[0]?.path.startsWith(path ?? '')).toBe(true);
      if (message !== undefined) expect(body.fields[0]?.message).toContain(message);
      const list = await api().call('GET', `/campaigns/${campaignId}/schedules`);
      expect(list.body.items).toEqual([]);
    },
  );
});

describe('a preview', () => {
  it('shows local time, UTC and the rule across both changes of clocks', async () => {
    const { id } = await createSchedule({ timeZone: 'Europe/Berlin' });
    const spring = await api().call('GET', `/schedules/${id}/preview?count=2&from=2027-03-27T12:00:00Z`);
    expect(spring.body).toMatchObject({
      timeZone: 'Europe/Berlin',
      ticks: [
        {
          scheduledFor: '2027-03-28T01:00:00.000Z',
          localTime: '2027-03-28T03:00:00+02:00',
          rule: 'gap_moved',
        },
        { scheduledFor: '2027-03-29T00:30:00.000Z', localTime: '2027-03-29T02:30:00+02:00', rule: 'plain' },
      ],
    });
    const autumn = await api().call('GET', `/schedules/${id}/preview?count=1&from=2027-10-30T12:00:00Z`);
    expect(autumn.body['ticks']).toEqual([
      {
        scheduledFor: '2027-10-31T00:30:00.000Z',
        localTime: '2027-10-31T02:30:00+02:00',
        dueAt: '2027-10-31T00:30:00.000Z',
        rule: 'overlap_first',
        blackout: null,
      },
    ]);
  });

  it('names the blackout that will skip a tick, by the clocks of the zone', async () => {
    const blackouts = [{ from: '22:00', to: '03:00', days: ['fri'] }];
    const { id } = await createSchedule({ timeZone: 'Asia/Tokyo', blackouts });
    const { body } = await api().call('GET', `/schedules/${id}/preview?count=3&from=2026-11-18T18:00:00Z`);
    const ticks = body['ticks'] as { localTime: string; blackout: string | null }[];
    expect(ticks.map(({ localTime, blackout }) => [localTime.slice(0, 10), blackout])).toEqual([
      ['2026-11-20', null],
      ['2026-11-21', '22:00 to 03:00 on fri'],
      ['2026-11-22', null],
    ]);
  });

  it('ends with the last run that the limit leaves, and says so', async () => {
    const blackouts = [{ fromDate: '2090-05-02', toDate: '2090-05-02' }];
    const { id } = await createSchedule({
      ...{ cron: '0 3 * * *', timeZone: 'UTC', startsAt: '2090-05-01T00:00:00Z', maxRuns: 3 },
      blackouts,
    });
    const preview = async (query: string) => {
      const { body } = await api().call('GET', `/schedules/${id}/preview?${query}`);
      const ticks = body['ticks'] as { scheduledFor: string; blackout: string | null }[];
      return { days: ticks.map(({ scheduledFor }) => scheduledFor.slice(8, 10)), end: body['end'] };
    };
    // What a blackout skips is no run.
    expect(await preview('count=10')).toEqual({ days: ['01', '02', '03', '04'], end: 'run_limit' });
    expect(await preview('count=4')).toEqual({ days: ['01', '02', '03', '04'], end: 'run_limit' });
    expect(await preview('count=2')).toEqual({ days: ['01', '02'], end: null });
    expect(await preview('count=10&from=2090-05-03T00:00:00Z')).toEqual({
      days: ['03', '04'],
      end: 'run_limit',
    });
    expect(await preview('from=2090-05-04T12:00:00Z')).toEqual({ days: [], end: 'run_limit' });
    await api().db.system.withSystem(
      ({ sql }) => sql`update crawler_schedules set runs_started = 2 where id = ${id}`,
    );
    expect(await preview('count=10')).toEqual({ days: ['01'], end: 'run_limit' });
  });

  it('ends at the end date, and says so', async () => {
    const { id } = await createSchedule({
      ...{ cron: '0 3 * * *', timeZone: 'UTC', maxRuns: 9 },
      ...{ startsAt: '2090-05-01T00:00:00Z', endsAt: '2090-05-03T00:00:00Z' },
    });
    const { body } = await api().call('GET', `/schedules/${id}/preview`);
    expect(body['ticks']).toHaveLength(2);
    expect(body['end']).toBe('end_date');
    const endless = await createSchedule({ cron: '0 3 * * *', timeZone: 'UTC' });
    expect((await api().call('GET', `/schedules/${endless.id}/preview`)).body['end']).toBeNull();
  });

  it('answers soon, however far away its first tick and however near its limit', async () => {
    const { id } = await createSchedule({
      ...{ cron: '* * * * *', timeZone: 'UTC', maxRuns: 1_000_000 },
      blackouts: [{ from: '00:00', to: '23:59' }],
    });
    const startedAt = performance.now();
    const { body } = await api().call('GET', `/schedules/${id}/preview?count=3&from=2090-01-01T00:00:00Z`);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(body['ticks']).toHaveLength(3);
    expect(body['end']).toBeNull();
  });

  it('puts each tick off by its own jitter, the same every time', async () => {
    const { id } = await createSchedule({ cron: '* * * * *', jitterSeconds: 40 });
    const path = `/schedules/${id}/preview?count=50&from=2026-11-20T00:00:00Z`;
    const first = await api().call('GET', path);
    const ticks = first.body['ticks'] as { scheduledFor: string; dueAt: string }[];
    const delays = ticks.map(({ scheduledFor, dueAt }) => Date.parse(dueAt) - Date.parse(scheduledFor));
    expect(new Set(delays).size).toBeGreaterThan(40);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThan(40_000);
    expect((await api().call('GET', path)).body).toEqual(first.body);
  });
});

describe('running a schedule by hand', () => {
  it('starts it now, by its overlap policy, and notes that in the ledger', async () => {
    const { id } = await createSchedule();
    const first = await api().call('POST', `/schedules/${id}/run`);
    expect(first.status).toBe(202);
    expect(first.body).toMatchObject({
      kind: 'manual',
      outcome: 'started',
      reason: 'run_now',
      executionStatus: 'queued',
    });
    const second = await api().call('POST', `/schedules/${id}/run`);
    expect(second.body).toMatchObject({
      ...{ outcome: 'skipped_overlap', reason: 'still_running' },
      detail: `execution ${String(first.body['executionId'])}`,
    });
    const { body } = await api().call('GET', `/schedules/${id}/ticks`);
    expect(body.items).toEqual([second.body, first.body]);
    const started = await api().call('GET', `/schedules/${id}/ticks?outcome=started`);
    expect(started.body.items).toEqual([first.body]);
    expect((await api().call('GET', `/schedules/${id}`)).body).toMatchObject({ runsStarted: 0 });
  });

  it('with the same Idempotency-Key runs it once', async () => {
    const { id } = await createSchedule({ overlap: 'allow' });
    const headers = { 'idempotency-key': 'run-1' };
    const answers = [];
    for (let n = 0; n < 2; n++) answers.push(await api().call('POST', `/schedules/${id}/run`, { headers }));
    expect(answers[1]?.body).toEqual(answers[0]?.body);
    expect((await api().call('GET', `/schedules/${id}/ticks`)).body.items.length).toBe(1);
  });
});

describe('a backfill', () => {
  it('puts the past ticks of a range into the ledger, to be started', async () => {
    const { id } = await createSchedule({ cron: '0 * * * *' });
    const json = { from: '2026-01-01T00:00:00Z', to: '2026-01-01T03:00:00Z' };
    const { status, body } = await api().call('POST', `/schedules/${id}/backfill`, { json });
    expect(status).toBe(202);
    expect(body).toMatchObject({ alreadyStarted: 0 });
    const ticks = body['ticks'] as { scheduledFor: string; outcome: string; kind: string }[];
    expect(
      ticks.map(({ scheduledFor, outcome, kind }) => [scheduledFor.slice(11, 16), outcome, kind]),
    ).toEqual([
      ['00:00', 'buffered', 'backfill'],
      ['01:00', 'buffered', 'backfill'],
      ['02:00', 'buffered', 'backfill'],
    ]);
  });

  it.each([
    [{ from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 400, 'validation_failed', 'to'],
    [{ from: '2024-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 400, 'validation_failed', 'to'],
    [{ from: '2998-01-01T00:00:00Z', to: '2998-01-02T00:00:00Z' }, 400, 'validation_failed', 'to'],
  ])('of %j is refused', async (json, status, code, path) => {
    const { id } = await createSchedule();
    const { body } = await api().call('POST', `/schedules/${id}/backfill`, { json });
    expect(body).toMatchObject({ status, code, fields: [{ path }] });
  });
});
