import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { type PlantedSite, plantSite } from '../testing/plant-site.js';

const api = oneApiPerFile();
let site: PlantedSite;
let lane: { id: string; tenant_id: string };
beforeAll(async () => {
  site = await plantSite(api());
  const [row] = await api().db.system.withSystem(
    (tx) => tx.sql<{ id: string; tenant_id: string }[]>`
      select id, tenant_id from execution_lanes where execution_id = ${site.executionId} limit 1`,
  );
  if (row === undefined) throw new Error('the planted execution has no lane');
  lane = row;
});
beforeEach(() =>
  api().db.system.withSystem(async (tx) => {
    await tx.sql`delete from host_permits`;
    await tx.sql`delete from host_freezes`;
  }),
);

/** The planted lane, or one that nobody knows, is on a host. */
async function occupy(host: string, changes: { laneId?: string; delayMs?: number; cause?: string } = {}) {
  const { laneId = lane.id, delayMs = 0, cause = null } = changes;
  await api().db.system.withSystem(async (tx) => {
    await tx.sql`insert into crawl_hosts (host) values (${host}) on conflict do nothing`;
    await tx.sql`
      insert into host_permits (host, lane_id, lane_epoch, permits, host_limit, delay_ms, delay_cause, pace_ms, lease_until)
      values (${host}, ${laneId}, 1, 2, 4, ${delayMs}, ${cause}, ${delayMs}, now() + interval '1 minute')`;
  });
}

interface Pace {
  readonly backOffMs?: number;
  readonly slowLevel?: number;
}

/** A back-off that ends, or ended, so far from now; and so many steps of a slow-down. */
const setPace = (host: string, { backOffMs = -60_000, slowLevel = 0 }: Pace) =>
  api().db.system.withSystem(
    (tx) => tx.sql`
      update crawl_hosts
      set backoff_until = now() + ${backOffMs} * interval '1 millisecond', backoff_cause = 'retry_after',
        backoff_reason = 'it answered 429', slow_level = ${slowLevel}, response_ms = 2000, baseline_ms = 100
      where host = ${host}`,
  );

describe('hosts', () => {
  it('that lanes are on are listed by name, in pages, with who is there at what pace', async () => {
    for (const host of ['c.test', 'a.test', 'b.test:8080']) await occupy(host);
    const first = await api().call('GET', '/hosts?limit=2');
    expect(first.body.items.map(({ host }) => host)).toEqual(['a.test', 'b.test:8080']);
    const rest = await api().call('GET', `/hosts?limit=2&cursor=${first.body.nextCursor}`);
    expect(rest.body).toMatchObject({
      items: [
        {
          host: 'c.test',
          lanes: [
            { executionId: site.executionId, campaignId: site.campaignId, laneId: lane.id, permits: 2 },
          ],
          ...{ permitsInUse: 2, limit: 4, paceMs: 0, cause: 'unpaced', until: null, freeze: null },
        },
      ],
      nextCursor: null,
    });
  });

  it('of another tenant are not there, and what its lanes do shows in the pace alone', async () => {
    await occupy('shared.test', { delayMs: 100, cause: 'campaign_delay' });
    await occupy('shared.test', {
      laneId: '00000000-0000-7000-8000-000000000001',
      delayMs: 900,
      cause: 'crawl_delay',
    });
    expect((await api().call('GET', '/hosts', { key: api().keys.foreign })).body.items).toEqual([]);
    expect((await api().call('GET', '/hosts/shared.test', { key: api().keys.foreign })).status).toBe(404);
    const own = await api().call('GET', '/hosts/shared.test');
    expect(own.body).toMatchObject({ permitsInUse: 2, paceMs: 900, cause: 'crawl_delay' });
    expect(own.body['lanes']).toHaveLength(1);
  });

  it.each<[string, Pace, object]>([
    [
      'a back-off',
      { backOffMs: 60_000 },
      { cause: 'retry_after', reason: 'it answered 429', until: expect.stringMatching(/^20/) },
    ],
    ['a back-off that is over', { backOffMs: -1 }, { cause: 'unpaced', until: null, reason: null }],
    [
      'a slow-down',
      { slowLevel: 1 },
      { cause: 'slow_down', limit: 2, paceMs: 0, reason: 'it takes 2000 ms to answer, and took 100 ms' },
    ],
    ['a long slow-down', { slowLevel: 3 }, { cause: 'slow_down', limit: 1, paceMs: 2_000 }],
  ])('with %s say so', async (_, pace, expected) => {
    await occupy('why.test');
    await setPace('why.test', pace);
    expect((await api().call('GET', '/hosts/why.test')).body).toMatchObject(expected);
  });

  it('are frozen and released, with an event in each campaign on them and a line of the audit log', async () => {
    await occupy('frozen.test');
    const key = api().keys.operator;
    const frozen = await api().call('POST', '/hosts/FROZEN.test/freeze', {
      key,
      json: { reason: 'they called' },
    });
    expect(frozen.body).toMatchObject({
      ...{ host: 'frozen.test', cause: 'frozen', reason: 'they called', until: null },
      freeze: { reason: 'they called', until: null },
    });
    expect((await api().call('POST', '/hosts/frozen.test/release', { key })).status).toBe(204);
    expect((await api().call('POST', '/hosts/frozen.test/release', { key })).body.code).toBe('not_found');
    const events = await api().call('GET', `/campaigns/${site.campaignId}/events?limit=1000`);
    expect(events.body.items.slice(-2)).toMatchObject([
      { eventType: 'host.frozen', payload: { host: 'frozen.test', reason: 'they called', until: null } },
      { eventType: 'host.released', payload: { host: 'frozen.test' } },
    ]);
    const audit = await api().db.system.withSystem(
      (tx) => tx.sql`select action, subject_id from audit_log where subject_type = 'host' order by id`,
    );
    expect(audit).toEqual([
      { action: 'host.freeze', subject_id: 'frozen.test' },
      { action: 'host.release', subject_id: 'frozen.test' },
    ]);
  });

  it('that a tenant froze are nothing to another', async () => {
    await api().call('POST', '/hosts/mine.test/freeze', { json: { reason: 'ours' } });
    const foreign = { key: api().keys.foreign };
    expect((await api().call('GET', '/hosts/mine.test', foreign)).status).toBe(404);
    expect((await api().call('POST', '/hosts/mine.test/release', foreign)).status).toBe(404);
    expect((await api().call('GET', '/hosts/mine.test')).body).toMatchObject({
      cause: 'frozen',
      limit: null,
    });
  });

  it('that a tenant only froze tell it nothing of what others do there', async () => {
    await occupy('theirs.test', { delayMs: 900, cause: 'crawl_delay' });
    await setPace('theirs.test', { backOffMs: 60_000, slowLevel: 3 });
    const key = api().keys.foreign;
    const frozen = await api().call('POST', '/hosts/theirs.test/freeze', { key, json: { reason: 'ours' } });
    const never = await api().call('POST', '/hosts/never.test/freeze', { key, json: { reason: 'ours' } });
    const silent = { lanes: [], limit: null, paceMs: 0, cause: 'frozen', responseMs: null, baselineMs: null };
    expect(frozen.body).toMatchObject(silent);
    expect(never.body).toMatchObject(silent);
  });

  it('thaw at the time they were frozen until, which must lie ahead', async () => {
    const json = { reason: 'a while', until: new Date(Date.now() + 1_500).toISOString() };
    expect((await api().call('POST', '/hosts/while.test/freeze', { json })).status).toBe(200);
    await expect
      .poll(async () => (await api().call('GET', '/hosts/while.test')).status, { timeout: 10_000 })
      .toBe(404);
    const past = { reason: 'late', until: '2020-01-01T00:00:00Z' };
    expect((await api().call('POST', '/hosts/late.test/freeze', { json: past })).body.code).toBe(
      'validation_failed',
    );
  });

  it.each(['a b', 'a%2Fb', 'user%40host', 'a%5Cb', '%2525', ':'])(
    'with the name %s are refused',
    async (host) => {
      const answer = await api().call('GET', `/hosts/${host.replace(' ', '%20')}`);
      expect(answer.body).toMatchObject({
        status: 400,
        code: 'validation_failed',
        fields: [{ path: 'host' }],
      });
    },
  );
});
