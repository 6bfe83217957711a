import { newId, scheduleCalendar } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';

const api = oneApiPerFile();

interface Planted {
  readonly campaignId: string;
  readonly scheduleId: string;
}

async function plant(cron: string, fields: object = {}): Promise<Planted> {
  const json = { name: 'Docs', seeds: ['https://example.org/'] };
  const campaignId = (await api().call('POST', '/campaigns', { json })).body.id;
  const { status, body } = await api().call('POST', `/campaigns/${campaignId}/schedules`, {
    json: { name: 'Nightly', cron, ...fields },
  });
  expect(status).toBe(201);
  return { campaignId, scheduleId: body.id };
}

/** Writes ticks into the ledger, as an orchestrator does. */
async function record(
  { campaignId, scheduleId }: Planted,
  outcome: string,
  times: readonly string[],
): Promise<void> {
  const { db } = api();
  const reason = { missed: 'catch_up_none', skipped_blackout: 'blackout' }[outcome] ?? 'on_time';
  await db.app.withTenant(
    db.tenantId,
    ({ sql }) => sql`
      insert into schedule_ticks (schedule_id, scheduled_for, tenant_id, campaign_id, due_at, outcome, reason)
      select ${scheduleId}, at, ${db.tenantId}, ${campaignId}, at, ${outcome}, ${reason}
      from unnest(${[...times]}::timestamptz[]) as told (at)`,
  );
}

async function calendar(from: string, to: string, timeZone = 'UTC') {
  const query = `from=${from}&to=${to}&timeZone=${encodeURIComponent(timeZone)}`;
  const { status, body } = await api().call('GET', `/schedule-calendar?${query}`);
  expect(status).toBe(200);
  return scheduleCalendar.parse(body);
}

const entriesOf = (shown: Awaited<ReturnType<typeof calendar>>, { scheduleId }: Planted) =>
  shown.entries.filter((entry) => entry.scheduleId === scheduleId);

describe('the calendar of schedules', () => {
  it('has what was on the days of its time zone, with outcome and reason', async () => {
    const planted = await plant('0 3 * * *', { startsAt: '2090-01-01T00:00:00Z' });
    await record(planted, 'missed', ['2024-05-01T23:30:00Z']);
    await record(planted, 'skipped_blackout', ['2024-05-01T12:00:00Z']);
    const utc = entriesOf(await calendar('2024-05-01', '2024-05-02'), planted);
    expect(utc).toMatchObject([
      {
        day: '2024-05-01',
        counts: { missed: 1, skipped_blackout: 1 },
        ticks: [{ reason: 'blackout' }, { reason: 'catch_up_none' }],
      },
    ]);
    const berlin = entriesOf(await calendar('2024-05-01', '2024-05-02', 'Europe/Berlin'), planted);
    expect(berlin.map(({ day, counts }) => [day, counts])).toEqual([
      ['2024-05-01', { skipped_blackout: 1 }],
      ['2024-05-02', { missed: 1 }],
    ]);
  });

  it('has what is planned, up to the end and the last run, and says what a blackout will leave out', async () => {
    const daily = await plant('0 3 * * *', {
      ...{ startsAt: '2090-05-01T00:00:00Z', endsAt: '2090-05-05T00:00:00Z' },
      blackouts: [{ fromDate: '2090-05-02', toDate: '2090-05-02' }],
    });
    const twice = await plant('0 3 * * *', { startsAt: '2090-05-01T00:00:00Z', maxRuns: 2 });
    const shown = await calendar('2090-04-30', '2090-05-10');
    const planned = entriesOf(shown, daily).map(({ day, counts, ticks }) => [day, counts, ticks[0]?.detail]);
    expect(planned).toEqual([
      ['2090-05-01', { planned: 1 }, null],
      ['2090-05-02', { to_be_skipped: 1 }, '2090-05-02 to 2090-05-02'],
      ['2090-05-03', { planned: 1 }, null],
      ['2090-05-04', { planned: 1 }, null],
    ]);
    expect(entriesOf(shown, twice)).toHaveLength(2);
    expect(shown.schedules.find(({ id }) => id === daily.scheduleId)).toMatchObject({ campaignName: 'Docs' });
  });

  it('counts runs from now on, wherever the days shown begin; what a blackout skips is none', async () => {
    const planted = await plant('0 3 * * *', {
      ...{ startsAt: '2090-05-30T00:00:00Z', maxRuns: 3 },
      blackouts: [{ fromDate: '2090-05-31', toDate: '2090-05-31' }],
    });
    const june = entriesOf(await calendar('2090-06-01', '2090-06-30'), planted);
    expect(june.map(({ day }) => day)).toEqual(['2090-06-01', '2090-06-02']);
    expect(entriesOf(await calendar('2090-07-01', '2090-07-31'), planted)).toEqual([]);
  });

  it('says of the ticks of a paused schedule that they will be skipped, and why', async () => {
    const planted = await plant('0 3 * * *', { startsAt: '2090-05-01T00:00:00Z', maxRuns: 1 });
    const { status } = await api().call('POST', `/schedules/${planted.scheduleId}/pause`);
    expect(status).toBe(200);
    const shown = entriesOf(await calendar('2090-05-01', '2090-05-02'), planted);
    expect(shown).toMatchObject([
      { counts: { to_be_skipped: 1 }, ticks: [{ outcome: 'to_be_skipped', reason: 'paused_by_user' }] },
      { counts: { to_be_skipped: 1 } },
    ]);
  });

  it('judges blackouts by when a tick is due, as firing and the preview do', async () => {
    const planted = await plant('0 3 * * *', {
      ...{ startsAt: '2090-05-01T00:00:00Z', jitterSeconds: 3_600 },
      blackouts: [{ from: '03:20', to: '03:40' }],
    });
    const from = '2090-05-01T00:00:00Z';
    const { body } = await api().call(
      'GET',
      `/schedules/${planted.scheduleId}/preview?count=31&from=${from}`,
    );
    const previewed = body['ticks'] as { readonly scheduledFor: string; readonly blackout: string | null }[];
    const skipped = previewed.filter(({ blackout }) => blackout !== null);
    expect([skipped.length > 0, skipped.length < 31]).toEqual([true, true]);
    const shown = entriesOf(await calendar('2090-05-01', '2090-05-31'), planted);
    expect(
      shown.flatMap(({ ticks }) => ticks.map(({ scheduledFor, detail }) => [scheduledFor, detail])),
    ).toEqual(previewed.map(({ scheduledFor, blackout }) => [scheduledFor, blackout]));
  });

  it('has a tick that is put off by its jitter, or that nobody has come to, until it is in the ledger', async () => {
    const planted = await plant('* * * * *', { endsAt: '2090-01-01T00:00:00Z' });
    const comeTo = async (at: string, plannedFrom: string | null) => {
      const { db } = api();
      await db.app.withTenant(
        db.tenantId,
        ({ sql }) => sql`
          update crawler_schedules set next_tick_at = ${at}, next_due_at = ${at}, planned_from = ${plannedFrom}
          where id = ${planted.scheduleId}`,
      );
      return entriesOf(await calendar('2022-05-01', '2022-05-01'), planted)[0];
    };
    const waiting = await comeTo('2022-05-01T23:57:00Z', null);
    expect(waiting?.counts).toEqual({ planned: 3 });
    expect(waiting?.ticks[0]).toMatchObject({ scheduledFor: '2022-05-01T23:57:00.000Z', outcome: 'planned' });
    // Planned anew since: what comes after the tick that is left comes after the change.
    const left = await comeTo('2022-05-01T23:57:00Z', '2022-05-02T12:00:00Z');
    expect(left?.counts).toEqual({ planned: 1 });
  });

  it('counts what is dense, lists the first of it, and says when it is too much', async () => {
    const planted = await plant('* * * * *', { startsAt: '2091-01-01T00:00:00Z' });
    await record(
      planted,
      'missed',
      Array.from({ length: 30 }, (_, n) => new Date(Date.UTC(2023, 4, 1, n % 24, n)).toISOString()),
    );
    const [past] = entriesOf(await calendar('2023-05-01', '2023-05-01'), planted);
    expect([past?.counts, past?.ticks.length]).toEqual([{ missed: 30 }, 8]);
    const [first] = past?.ticks ?? [];
    expect(first?.scheduledFor).toBe('2023-05-01T00:00:00.000Z');

    const ahead = await calendar('2091-01-01', '2091-01-07');
    expect(ahead.cutSchedules).toEqual([planted.scheduleId]);
    const counted = entriesOf(ahead, planted).map(({ counts }) => counts['planned'] ?? 0);
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(2_000);
    expect(counted[0]).toBe(1_440);
  });

  it('looks at so many ticks of all schedules together, and lets no dense one take those of the others', async () => {
    const fields = { startsAt: '2092-01-01T00:00:00Z' };
    const dense: Planted[] = [];
    for (let n = 0; n < 6; n += 1) dense.push(await plant('* * * * *', fields));
    const sparse = await plant('@daily', fields);
    const shown = await calendar('2092-01-01', '2092-01-07');
    expect(shown.cutSchedules).toEqual(expect.arrayContaining(dense.map(({ scheduleId }) => scheduleId)));
    expect(shown.cutSchedules).not.toContain(sparse.scheduleId);
    expect(entriesOf(shown, sparse)).toHaveLength(7);
    const planned = shown.entries.map(({ counts }) => counts['planned'] ?? 0);
    expect(planned.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(10_000);
  });

  it('leaves out deleted schedules and archived campaigns, as the list of all schedules does', async () => {
    const [deleted, archived] = [await plant('@daily'), await plant('@daily')];
    await api().call('DELETE', `/schedules/${deleted.scheduleId}`);
    await api().call('PATCH', `/campaigns/${archived.campaignId}`, { json: { status: 'archived' } });
    const { body } = await api().call('GET', '/schedules?limit=1000');
    const shown = (await calendar('2090-05-01', '2090-05-02')).schedules.map(({ id }) => id);
    for (const ids of [shown, body.items.map(({ id }) => id)]) {
      expect(ids).not.toContain(deleted.scheduleId);
      expect(ids).not.toContain(archived.scheduleId);
    }
    const gone = await api().call('GET', `/campaigns/${deleted.campaignId}/schedules?deleted=true`);
    expect(gone.body.items.map(({ id }) => id)).toEqual([deleted.scheduleId]);
    const restored = await api().call('POST', `/schedules/${deleted.scheduleId}/restore`);
    expect([restored.status, restored.body.id]).toEqual([200, deleted.scheduleId]);
    expect((await api().call('POST', `/schedules/${newId()}/restore`)).status).toBe(404);
  });

  it.each([
    ['2024-05-02', '2024-05-01', 'UTC', 'to'],
    ['2024-05-01', '2024-06-12', 'UTC', 'to'],
    ['2024-05-01', '2024-05-02', 'Mars/Base', 'timeZone'],
  ])('%s to %s in %s is refused', async (from, to, zone, path) => {
    const { body } = await api().call('GET', `/schedule-calendar?from=${from}&to=${to}&timeZone=${zone}`);
    expect(body).toMatchObject({ status: 400, fields: [{ path }] });
  });
});
