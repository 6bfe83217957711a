import { beginLane, listLostLanes, returnLostLane, type Tx } from '@outrider/db';
import { plantExecution, recountCampaign, settleUrl } from '@outrider/db/testing';
import { newId, urlKey } from '@outrider/shared';
import { beforeEach, describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';

const api = oneApiPerFile();
const POISON = 'https://a.test/poison';
const OTHER = 'https://a.test/other';
const KEY = urlKey(POISON);
const within = <T>(work: (tx: Tx) => Promise<T>) => api().db.app.withTenant(api().db.tenantId, work);
const system = <T>(work: (tx: Tx) => Promise<T>) => api().db.system.withSystem(work);

/** A worker takes the lane with the URL in flight, describes itself, and dies. */
async function dieHolding(executionId: string, laneId: string, epoch: number): Promise<string> {
  const instanceId = newId();
  await system(
    ({ sql }) => sql`
      insert into crawler_instances (id, host, pid, version, capacity, state, memory_usage_mb, cpu_usage_percent, ended_by)
      values (${instanceId}, 'a-machine', 4242, '1.0', 1, 'working', 900, 97, 'SIGKILL')`,
  );
  const taken = await within((tx) => beginLane(tx, { laneId, epoch }, { instanceId, leaseMs: 60_000 }));
  expect(taken).not.toBeNull();
  await within(async (tx) => {
    await settleUrl(tx, executionId, POISON, { leasedBy: laneId, epoch });
    await tx.sql`update execution_lanes set lease_until = now() - interval '1 second' where id = ${laneId}`;
  });
  for (const lost of await system((tx) => listLostLanes(tx, 10)))
    await system((tx) => returnLostLane(tx, lost));
  return instanceId;
}

let executionId: string;
let campaignId: string;
let laneId: string;
let epoch: number;
let workers: string[];

beforeEach(async () => {
  const planted = await plantExecution(api().db, { seeds: [POISON, OTHER] });
  ({ executionId, campaignId } = planted);
  laneId = planted.laneIds[0] ?? '';
  workers = [];
  for (epoch = 1; epoch < 7; epoch += 2) workers.push(await dieHolding(executionId, laneId, epoch));
});

const quarantine = async () => (await api().call('GET', `/executions/${executionId}/quarantine`)).body.items;
const retry = (options = {}) =>
  api().call('POST', `/executions/${executionId}/quarantine/${KEY}/retry`, options);
const stateOf = async (url: string) =>
  within(
    ({ sql }) => sql`
      select state, lease_losses, failure_code from crawl_targets
      where execution_id = ${executionId} and url_key = ${urlKey(url)}`,
  ).then(([row]) => row);

describe('a URL that took three workers down', () => {
  it('is in quarantine, with what is known of each death; the rest is not', async () => {
    const [entry, ...others] = await quarantine();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      url: POISON,
      urlKey: KEY,
      losses: 3,
      retriedAt: null,
      retryExecutionId: null,
    });
    expect(entry?.['evidence']).toMatchObject(
      workers.map((instanceId) => ({
        instanceId,
        host: 'a-machine',
        pid: 4242,
        endedBy: 'SIGKILL',
        lastState: 'working',
        memoryUsageMb: 900,
        cpuUsagePercent: 97,
        inFlight: 1,
      })),
    );
    expect(await stateOf(POISON)).toEqual({ state: 'failed', lease_losses: 3, failure_code: 'quarantined' });
    expect(await stateOf(OTHER)).toMatchObject({ state: 'pending' });
  });

  it('is tried again in its execution while that runs, under suspicion, once', async () => {
    const answer = await retry({ key: api().keys.operator });
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ into: 'same', executionId });
    expect(await stateOf(POISON)).toEqual({ state: 'pending', lease_losses: 2, failure_code: null });
    expect(await quarantine()).toMatchObject([{ retriedBy: 'a operator', retryExecutionId: executionId }]);
    expect((await retry()).body).toMatchObject({ status: 409, code: 'illegal_transition' });
    const { body } = await api().call('GET', `/executions/${executionId}`);
    expect(body['coverage']).toEqual({ discovered: 2, fetched: 0, failed: 0, skipped: 0, pending: 2 });
    const { counted, recounted } = await recountCampaign(api().db, campaignId);
    expect(counted.errors).toBe(recounted.errors);
    await dieHolding(executionId, laneId, epoch);
    const [again] = await quarantine();
    expect(again).toMatchObject({ losses: 3, retriedAt: null });
    expect(again?.['evidence']).toHaveLength(4);
  });

  it('is tried again in an execution of its own once that has ended', async () => {
    await within(
      ({ sql }) => sql`
        update campaign_executions set status = 'completed', completed_at = now(), end_reason = 'frontier_exhausted'
        where id = ${executionId}`,
    );
    const answer = await retry();
    expect(answer.body).toMatchObject({ into: 'new' });
    const { body } = await api().call('GET', `/executions/${String(answer.body['executionId'])}`);
    expect(body).toMatchObject({
      coverage: { discovered: 1, pending: 1 },
      config: { mode: 'list', lanes: 1 },
    });
    expect(await stateOf(POISON)).toMatchObject({ state: 'failed' });
    const log = await api().call('GET', `/audit-log?action=quarantine.retry&executionId=${executionId}`);
    expect(log.body.items).toMatchObject([{ subjectId: POISON, after: { into: 'new' } }]);
  });

  it('is seen and tried again by its tenant alone, and not by who may only look', async () => {
    const key = api().keys.foreign;
    expect((await api().call('GET', `/executions/${executionId}/quarantine`, { key })).status).toBe(404);
    expect((await retry({ key })).status).toBe(404);
    expect((await retry({ key: api().keys.viewer })).status).toBe(403);
    const missing = `/executions/${executionId}/quarantine/${urlKey(OTHER)}/retry`;
    expect((await api().call('POST', missing)).status).toBe(404);
  });
});
