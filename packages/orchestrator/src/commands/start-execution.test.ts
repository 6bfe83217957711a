import { listSitemaps, readExecution, readLiveCoverage, recountCoverage, type Tx } from '@outrider/db';
import { plantCampaign } from '@outrider/db/testing';
import { type LaneQueue, openLaneConsumer, openLaneQueue } from '@outrider/queue';
import { execution as executionShape, type LaneJob, newId, urlKey } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completeExecutions } from '../duties/complete-executions.js';
import { dispatchLanes } from '../duties/dispatch-lanes.js';
import {
  BACKENDS,
  countRows,
  DEAD_STORE,
  openTestPlatform,
  readEvents,
  repairsOf,
  type TestPlatform,
} from '../testing/test-platform.js';
import { createCommands } from './create-commands.js';

const SEEDS = ['https://a.test/', 'https://a.test/x', 'https://b.test/'];

describe.each(BACKENDS)('starting an execution, with the queue on %s', (backend) => {
  let platform: TestPlatform;

  beforeEach(async () => {
    platform = await openTestPlatform(backend, 10);
  });
  afterEach(() => platform.close());

  const within = <T>(work: (tx: Tx) => Promise<T>) => platform.db.app.withTenant(platform.db.tenantId, work);
  const start = (campaignId: string, laneQueue: LaneQueue = platform.laneQueue) =>
    createCommands({ ...platform, database: platform.db.app, laneQueue }).startExecution({
      tenantId: platform.db.tenantId,
      campaignId,
      executionType: 'api',
      triggeredBy: 'key a',
      reason: 'because\0',
    });

  it('records it whole and offers each of its lanes', async () => {
    const campaignId = await plantCampaign(platform.db, { seeds: SEEDS, config: { lanes: 3 } });
    const execution = await start(campaignId);

    expect(executionShape.parse(execution)).toEqual(execution);
    expect(execution).toMatchObject({
      number: 1,
      status: 'queued',
      executionType: 'api',
      triggeredBy: 'key a',
      triggerReason: 'because\ufffd',
      previousExecutionId: null,
      coverage: { discovered: 3, fetched: 0, failed: 0, skipped: 0, pending: 3 },
    });
    const { receipt } = await within((tx) => recountCoverage(tx, execution.id));
    expect(receipt).toMatchObject({
      discovered: 3,
      pending: 3,
      balanced: true,
      discoveredByMethod: { seed: 3 },
    });
    expect(await readEvents(platform, execution.id)).toEqual([
      { seq: 1, type: 'execution.queued', payload: { number: 1, executionType: 'api', seeds: 3 } },
    ]);
    const lanes = await within(
      ({ sql }) => sql`select lane_number, status, epoch, dispatched_at is not null as offered
        from execution_lanes where execution_id = ${execution.id} order by lane_number`,
    );
    expect([...lanes]).toEqual(
      [1, 2, 3].map((lane_number) => ({ lane_number, status: 'waiting', epoch: 0, offered: true })),
    );
    expect((await platform.laneQueue.depth()).waiting).toBe(3);
  });

  it('offers the lanes it has, for their first epoch', async () => {
    const campaignId = await plantCampaign(platform.db, { seeds: SEEDS, config: { lanes: 2 } });
    const { id } = await start(campaignId);
    const lanes = await within(
      ({ sql }) => sql<{ id: string }[]>`select id from execution_lanes where execution_id = ${id}`,
    );
    const wanted = new Set(lanes.map((lane) => lane.id));
    const offered: LaneJob[] = [];
    let seen = (): void => undefined;
    const all = new Promise<void>((resolve) => {
      seen = resolve;
    });
    const consumer = await openLaneConsumer(platform.store, {
      concurrency: 4,
      logger: platform.logger,
      handle: async (job, _signal) => {
        if (wanted.has(job.laneId)) offered.push(job);
        if (offered.length === 2) seen();
      },
    });
    await all;
    await consumer.close({ graceMs: 1_000 });
    const expected = [...wanted].map((laneId) => ({ laneId, epoch: 1 }));
    expect(offered.sort((a, b) => a.laneId.localeCompare(b.laneId))).toEqual(
      expected.sort((a, b) => a.laneId.localeCompare(b.laneId)),
    );
  });

  it('while the queue is away succeeds, and the reconciler offers its lanes later', async () => {
    const campaignId = await plantCampaign(platform.db, { seeds: SEEDS });
    const deadQueue = openLaneQueue(DEAD_STORE, { logger: platform.logger });
    const { id } = await start(campaignId, deadQueue);
    await deadQueue.close();
    expect(
      platform.logged.some(
        ({ level, msg }) => level === 'warn' && String(msg).includes('could not be offered'),
      ),
    ).toBe(true);

    await within(
      ({ sql }) =>
        sql`update execution_lanes set created_at = now() - interval '5 seconds' where execution_id = ${id}`,
    );
    expect(await dispatchLanes({ ...platform, reofferAfterMs: 10_000 })).toEqual({ offered: 1, repaired: 1 });
    expect((await platform.laneQueue.depth()).waiting).toBe(1);
  });
});

describe('starting an execution', () => {
  let platform: TestPlatform;

  beforeEach(async () => {
    platform = await openTestPlatform('redis', 11);
  });
  afterEach(() => platform.close());

  const within = <T>(work: (tx: Tx) => Promise<T>) => platform.db.app.withTenant(platform.db.tenantId, work);
  const commands = (over: object = {}) => createCommands({ ...platform, database: platform.db.app, ...over });
  const start = (campaignId: string, tenantId = platform.db.tenantId, over: object = {}) =>
    commands(over).startExecution({
      tenantId,
      campaignId,
      executionType: 'manual',
      triggeredBy: 'a test',
      reason: null,
    });

  it('ten times at once starts it once; the others hear that it runs', async () => {
    const campaignId = await plantCampaign(platform.db, { seeds: SEEDS });
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => start(campaignId)));
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
    );
    expect(refused).toHaveLength(9);
    for (const error of refused) expect(error).toMatchObject({ code: 'campaign_already_running' });
    expect(await countRows(platform, 'campaign_executions')).toBe(1);
    expect(await countRows(platform, 'crawl_targets')).toBe(3);
  });

  it('is all or nothing: what cannot be stored whole leaves no row behind', async () => {
    // Longer than an index entry can be, and random, so that it does not compress below that.
    const host = Array.from({ length: 250 }, () => newId().replaceAll('-', '')).join('');
    const campaignId = await plantCampaign(platform.db, { seeds: [...SEEDS, `https://${host}/`] });
    await expect(start(campaignId)).rejects.toThrow(/index row/);
    for (const table of [
      'campaign_executions',
      'execution_lanes',
      'crawl_targets',
      'url_discovery_log',
      'event_stream',
    ]) {
      expect(await countRows(platform, table)).toBe(0);
    }
  });

  it('counts seeds that became one once, and logs those a pattern excludes as skipped', async () => {
    const campaignId = await plantCampaign(platform.db, {
      seeds: ['https://a.test/?sid=1', 'https://a.test/?sid=2', 'https://a.test/no/1'],
      config: { scope: { stripParams: ['sid'], deny: ['/no/'] } },
    });
    const { id, coverage } = await start(campaignId);
    expect(coverage).toEqual({ discovered: 2, fetched: 0, failed: 0, skipped: 1, pending: 1 });
    const { receipt } = await within((tx) => recountCoverage(tx, id));
    expect(receipt).toMatchObject({ ...coverage, balanced: true, skippedByReason: { excluded_pattern: 1 } });
    const [log] = await within(
      ({ sql }) =>
        sql`select skip_rule from url_discovery_log where url_hash = ${urlKey('https://a.test/no/1')}`,
    );
    expect(log).toEqual({ skip_rule: 'deny: /no/' });
  });

  it('numbers the executions of a campaign and names the one before', async () => {
    const campaignId = await plantCampaign(platform.db, { seeds: SEEDS });
    const first = await start(campaignId);
    await commands().stopExecution({ tenantId: platform.db.tenantId, campaignId, by: 'a test' });
    expect(await start(campaignId)).toMatchObject({ number: 2, previousExecutionId: first.id });
  });

  it('takes a hundred thousand seeds', async () => {
    const campaignId = await plantCampaign(platform.db, {
      seeds: Array.from({ length: 100_000 }, (_, n) => `https://a.test/${n}`),
    });
    const { id } = await start(campaignId);
    expect(await within((tx) => readLiveCoverage(tx, id))).toMatchObject({
      discovered: 100_000,
      pending: 100_000,
    });
    const [row] = await within(
      ({ sql }) => sql`select
        (select url from crawl_targets where execution_id = ${id} order by discovery_order limit 1) as first,
        (select url from crawl_targets where execution_id = ${id} order by discovery_order desc limit 1) as last`,
    );
    expect(row).toEqual({ first: 'https://a.test/0', last: 'https://a.test/99999' });
  }, 120_000);

  it('that repeats another has the sitemaps of that one, the read ones as they were', async () => {
    const sitemaps = { urls: ['https://a.test/s.xml', 'https://a.test/t.xml'] };
    const campaignId = await plantCampaign(platform.db, { seeds: SEEDS, config: { sitemaps } });
    const { id } = await start(campaignId);
    await within(
      ({ sql }) => sql`
        update execution_sitemaps set state = 'read', settled_at = now()
        where execution_id = ${id} and url = 'https://a.test/s.xml'`,
    );
    const { tenantId } = platform.db;
    const commands = createCommands({ ...platform, database: platform.db.app });
    await commands.stopExecution({ executionId: id, tenantId, by: 'key a' });
    await within(
      ({ sql }) => sql`
        update crawler_campaigns set config = config || '{"sitemaps":{"urls":[]}}'::jsonb where id = ${campaignId}`,
    );
    const repeat = await commands.startExecution({
      ...{ tenantId, campaignId, repeats: id },
      ...{ executionType: 'api', triggeredBy: 'key a', reason: null },
    });
    const { items } = await within((tx) =>
      listSitemaps(tx, { executionId: repeat.id, limit: 10, after: null }),
    );
    expect(items.map(({ url, state, pinned }) => [url, state, pinned])).toEqual([
      ['https://a.test/s.xml', 'pending', true],
      ['https://a.test/t.xml', 'pending', false],
    ]);
  });

  it('of an archived campaign is refused, and says what to do', async () => {
    const campaignId = await plantCampaign(platform.db, { seeds: SEEDS });
    await within(({ sql }) => sql`update crawler_campaigns set status = 'archived' where id = ${campaignId}`);
    await expect(start(campaignId)).rejects.toMatchObject({ code: 'campaign_archived', status: 409 });
    expect(await countRows(platform, 'campaign_executions')).toBe(0);
  });

  it('of a campaign without seeds, of another tenant, or of none at all is refused', async () => {
    const empty = await plantCampaign(platform.db);
    await expect(start(empty)).rejects.toMatchObject({ code: 'no_seeds', status: 409 });
    const campaignId = await plantCampaign(platform.db, { seeds: SEEDS });
    await expect(start(campaignId, newId())).rejects.toMatchObject({ code: 'not_found' });
    await expect(start(newId())).rejects.toMatchObject({ code: 'not_found' });
  });

  it('that dies between commit and enqueue is dispatched by the reconciler, which records the repair', async () => {
    const campaignId = await plantCampaign(platform.db, { seeds: SEEDS });
    const dying = {
      crashAt: (point: string) => {
        if (point === 'before_enqueue') throw new Error('killed');
      },
    };
    await expect(start(campaignId, platform.db.tenantId, dying)).rejects.toThrow('killed');
    const dispatch = () => dispatchLanes({ ...platform, reofferAfterMs: 10_000 });
    expect(await dispatch()).toEqual({ offered: 0, repaired: 0 });
    const [row] = await within(
      ({ sql }) => sql<{ execution_id: string }[]>`
        update execution_lanes set created_at = now() - interval '5 seconds' returning execution_id`,
    );
    expect(await dispatch()).toEqual({ offered: 1, repaired: 1 });
    expect(await platform.laneQueue.depth()).toEqual({ waiting: 1, active: 0 });
    expect(await dispatch()).toEqual({ offered: 0, repaired: 0 });
    const events = await readEvents(platform, row?.execution_id ?? '');
    expect(events.filter(({ type }) => type === 'lane.redispatched')).toHaveLength(1);
    expect(await repairsOf(platform.metrics, 'lane_offered')).toBe(1);
  });

  it('with every seed excluded by a pattern ends by itself, having crawled nothing', async () => {
    const campaignId = await plantCampaign(platform.db, {
      seeds: SEEDS,
      config: { scope: { deny: ['test'] } },
    });
    const { id } = await start(campaignId);
    expect(await completeExecutions(platform)).toEqual({ ended: 1 });
    expect(await within((tx) => readExecution(tx, id))).toMatchObject({
      status: 'completed',
      endReason: 'frontier_exhausted',
      coverage: { discovered: 3, skipped: 3, pending: 0 },
    });
    expect((await readEvents(platform, id)).map(({ type, payload }) => [type, payload['to']])).toEqual([
      ['execution.queued', undefined],
      ['execution.state_changed', 'running'],
      ['execution.ended', 'completed'],
    ]);
  });
});
