import { setTimeout as sleep } from 'node:timers/promises';
import { CONCURRENCY, LEASE_MS, type Stage } from '../stage/stage.js';
import { BOTH, type Configuration, completes } from './configuration.js';

/** Whoever fetches this page dies of it. */
const POISON = '/poison';
/** Pace of a slow host. */
const DELAY_MS = 250;

/** F01 to F04 and F07: workers that end, asked to or not. */
export const DYING_WORKERS: readonly Configuration[] = [
  {
    fault: 'F01',
    name: 'kill -9 a worker in mid-batch',
    backends: BOTH,
    limitSeconds: 100,
    inTests: ['redis'],
    async run(stage) {
      const workers = await stage.startPlatform(2);
      const executionId = await stage.startCrawl();
      await stage.fetchedAtLeast(40 + Math.floor(stage.random() * 60));
      await (await stage.busiest(workers)).kill('SIGKILL');
      await completes(stage, executionId, 60_000, { refetchesAllowed: 1 });
      const lost = await stage.count('lane.lost');
      stage.verdicts.expect('the reconciler took the lanes of the dead worker', lost > 0);
    },
  },
  {
    fault: 'F01',
    name: "kill -9 the worker that holds the host's only permit",
    backends: BOTH,
    limitSeconds: 120,
    plan: { site: { pages: 120 } },
    async run(stage) {
      const workers = await stage.startPlatform(2);
      const executionId = await stage.startCrawl({ politeness: { maxConcurrencyPerHost: 1 } });
      await stage.fetchedAtLeast(30);
      await (await stage.busiest(workers)).kill('SIGKILL');
      await completes(stage, executionId, 60_000, { refetchesAllowed: 1, maxConcurrency: 1 });
    },
  },
  {
    fault: 'F01',
    name: 'kill -9 a worker on a host with a delay between fetches',
    backends: BOTH,
    limitSeconds: 120,
    plan: { site: { pages: 60 } },
    async run(stage) {
      const workers = await stage.startPlatform(2);
      const executionId = await stage.startCrawl({
        politeness: { maxConcurrencyPerHost: CONCURRENCY, delayMs: DELAY_MS },
      });
      await stage.fetchedAtLeast(30);
      await (await stage.busiest(workers)).kill('SIGKILL');
      await completes(stage, executionId, 60_000, { refetchesAllowed: 1, delayMs: DELAY_MS });
    },
  },
  ...(['after_claim', 'before_fetch', 'after_fetch', 'before_commit', 'after_commit'] as const).map(
    (point): Configuration => ({
      fault: 'F01',
      name: `a worker that dies ${point}`,
      backends: BOTH,
      limitSeconds: 100,
      ...(point === 'before_commit' || point === 'after_commit' ? { inTests: ['postgres'] } : {}),
      ...(point === 'after_claim' ? { inTests: ['redis'] } : {}),
      run: (stage) => diesAt(stage, point),
    }),
  ),
  ...(['before_ack', 'after_ack'] as const).map(
    (point): Configuration => ({
      fault: 'F01',
      name: `a worker that dies ${point} of the job of its lane`,
      backends: BOTH,
      limitSeconds: 150,
      plan: { site: { pages: 100 } },
      run: (stage) => diesAtAck(stage, point),
    }),
  ),
  {
    fault: 'F01',
    name: 'an orchestrator that dies in_completion',
    backends: BOTH,
    limitSeconds: 100,
    inTests: ['postgres'],
    async run(stage) {
      const [victim] = await Promise.all([
        stage.start('orchestrator', { OUTRIDER_CRASH_AT: 'in_completion' }),
        stage.start('api'),
        stage.start('worker'),
      ]);
      const executionId = await stage.startCrawl({ lanes: 1 });
      stage.verdicts.expect('it was killed by its crash point', (await victim.ended) === null);
      await stage.start('orchestrator');
      await completes(stage, executionId, 60_000);
    },
  },
  {
    fault: 'F02',
    name: 'kill -9 all workers, two leases later new ones',
    backends: BOTH,
    limitSeconds: 120,
    async run(stage) {
      const workers = await stage.startPlatform(2);
      const executionId = await stage.startCrawl();
      await stage.fetchedAtLeast(60);
      await Promise.all(workers.map((worker) => worker.kill('SIGKILL')));
      await sleep(2 * LEASE_MS);
      await Promise.all([stage.start('worker'), stage.start('worker')]);
      await completes(stage, executionId, 60_000, { refetchesAllowed: 1 });
    },
  },
  {
    fault: 'F03',
    name: 'SIGTERM with slow pages in flight',
    backends: BOTH,
    limitSeconds: 100,
    plan: { site: { plant: { slow: { count: 24, ms: 2_000 } } } },
    run: stopsWithSlowPages,
  },
  {
    fault: 'F04',
    name: 'SIGTERM, then SIGKILL at the end of the grace',
    backends: BOTH,
    limitSeconds: 120,
    plan: { site: { plant: { slow: { count: 12, ms: 6_000 } } } },
    async run(stage) {
      const workers = await stage.startPlatform(2);
      const executionId = await stage.startCrawl();
      await slowPagesInFlight(stage);
      const victim = await stage.busiest(workers);
      process.kill(victim.pid, 'SIGTERM');
      await sleep(1_000);
      await victim.kill('SIGKILL');
      await completes(stage, executionId, 60_000, { refetchesAllowed: 1 });
    },
  },
  {
    fault: 'F07',
    name: 'a poison page that kills three workers',
    backends: BOTH,
    limitSeconds: 150,
    plan: { site: { pages: 80, plant: { customPaths: [POISON] } } },
    run: quarantinesPoison,
  },
];

async function diesAt(stage: Stage, point: string): Promise<void> {
  const [victim] = await Promise.all([
    stage.start('worker', { OUTRIDER_CRASH_AT: `${point}:${point.endsWith('fetch') ? 60 : 4}` }),
    stage.start('api'),
    stage.start('orchestrator'),
  ]);
  const executionId = await stage.startCrawl({ lanes: 1 });
  stage.verdicts.expect('it was killed by its crash point', (await victim.ended) === null);
  await stage.start('worker');
  await completes(stage, executionId, 60_000, { refetchesAllowed: 1 });
}

/** What the queue believes of a job is no matter: its crawl, and the one after it, come to their end. */
async function diesAtAck(stage: Stage, point: string): Promise<void> {
  const [victim] = await Promise.all([
    stage.start('worker', { OUTRIDER_CRASH_AT: point }),
    stage.start('api'),
    stage.start('orchestrator'),
  ]);
  const campaignId = await stage.createCampaign({ lanes: 1 });
  const first = await stage.startExecution(campaignId);
  stage.verdicts.expect('it was killed by its crash point', (await victim.ended) === null);
  await stage.start('worker');
  await completes(stage, first, 60_000, { refetchesAllowed: 1 });
  // Each crawl fetches each URL once, and one of them met the death.
  await completes(stage, await stage.startExecution(campaignId), 60_000, { refetchesAllowed: 2 });
}

async function stopsWithSlowPages(stage: Stage): Promise<void> {
  const workers = await stage.startPlatform(2);
  const executionId = await stage.startCrawl();
  await slowPagesInFlight(stage);
  const victim = await stage.busiest(workers);
  await victim.kill('SIGTERM');
  stage.verdicts.expect('it ended in order', (await victim.ended) === 0);
  await completes(stage, executionId, 30_000 + 24_000);
  const [row] = await stage.db.system.withSystem(
    (tx) => tx.sql<{ most: number; lost: number }[]>`
      select max(attempt)::int as most, sum(lease_losses)::int as lost
      from crawl_targets where execution_id = ${executionId}`,
  );
  stage.verdicts.expect('no attempt was lost', row?.most === 1 && row.lost === 0);
}

function slowPagesInFlight(stage: Stage): Promise<void> {
  return stage.until('slow pages in flight', () =>
    stage.oracle.fetches().some(({ path, ending }) => path.startsWith('/slow/') && ending === 'open'),
  );
}

async function quarantinesPoison(stage: Stage): Promise<void> {
  const killed: number[] = [];
  stage.oracle.set(POISON, async () => {
    const rows = await stage.db.system.withSystem(
      (tx) => tx.sql<{ pid: number }[]>`
        select instance.pid from crawl_targets target
        join execution_lanes lane on lane.id = target.lane_id
        join crawler_instances instance on instance.id = lane.instance_id
        where target.state = 'leased' and target.url like ${`%${POISON}`}`,
    );
    for (const { pid } of rows) {
      killed.push(pid);
      process.kill(pid, 'SIGKILL');
    }
  });
  const workers = await stage.startPlatform(1);
  const rest = keepAlive(stage, workers);
  const executionId = await stage.startCrawl({ lanes: 1 });
  try {
    // The poison is not what was crawled: the rest is, and each page at most once more for each worker it took along.
    await completes(stage, executionId, 120_000, { refetchesAllowed: 3 });
  } finally {
    await rest();
  }
  stage.verdicts.expect(`it killed three workers: ${killed.length}`, killed.length === 3);
  const [row] = await stage.db.system.withSystem(
    (tx) => tx.sql<{ state: string; code: string; evidence: number }[]>`
      select state, failure_code as code, (select count(*) from campaign_errors
          where execution_id = target.execution_id and error_code = 'quarantined')::int as evidence
      from crawl_targets target where execution_id = ${executionId} and url like ${`%${POISON}`}`,
  );
  const isQuarantined = row?.state === 'failed' && row.code === 'quarantined' && row.evidence === 1;
  stage.verdicts.expect(
    `the page is quarantined, with evidence: ${JSON.stringify(row)}`,
    isQuarantined,
    'I1',
  );
}

interface Watched {
  readonly ended: Promise<number | null>;
}

/**
 * A supervisor: a worker that was killed is started anew. Returns what ends that: it resolves when none is being started
 * any more, so that the stage knows all that it has to clear away.
 */
function keepAlive(stage: Stage, workers: readonly Watched[]): () => Promise<void> {
  let isOver = false;
  const starting = new Set<Promise<void>>();
  const watch = (worker: Watched): void => {
    void worker.ended.then((code) => {
      if (code !== null || isOver) return;
      const started = stage.start('worker').then(watch);
      starting.add(started);
      void started.finally(() => starting.delete(started));
    });
  };
  for (const worker of workers) watch(worker);
  return async () => {
    isOver = true;
    await Promise.all(starting);
  };
}
