import { setTimeout as sleep } from 'node:timers/promises';
import type { LaunchedProcess, ProcessName } from '../../platform/child-process.js';
import { hogConnections, terminateRandomSession } from '../nemesis/sessions.js';
import { isHealthy } from '../recorders/process-metrics.js';
import type { PostgresServer } from '../stage/postgres-server.js';
import type { Stage } from '../stage/stage.js';
import { BOTH, type Configuration, completes } from './configuration.js';

const OWN = { ownPostgres: {} };
/** About a minute of crawl, for faults that last as long. */
const LONG_SITE = { pages: 1_500, delayMs: 120 };

/** F11 to F13, F22 and F35: what can happen to PostgreSQL. */
export const BROKEN_DATABASE: readonly Configuration[] = [
  {
    fault: 'F11',
    name: 'PostgreSQL restarted at once in mid-crawl',
    backends: BOTH,
    limitSeconds: 120,
    inTests: ['postgres'],
    // What sitemaps bring is a crash's to take back too.
    plan: { ...OWN, site: { plant: { sitemap: true } } },
    async run(stage) {
      await stage.startPlatform(2);
      const executionId = await stage.startCrawl();
      await stage.fetchedAtLeast(60);
      await serverOf(stage).crash();
      await serverOf(stage).start();
      // Commits of the last moment may be lost with it (synchronous_commit off): those pages are fetched again, and once more
      // when whoever has them by then notices its own loss, and gives up what it has under way.
      await completes(stage, executionId, 60_000, { refetchesAllowed: 2 });
    },
  },
  {
    fault: 'F12',
    name: 'PostgreSQL down for 90 s, processes started meanwhile',
    backends: BOTH,
    limitSeconds: 260,
    plan: OWN,
    run: isDown,
  },
  {
    fault: 'F13',
    name: 'a random session terminated every second for a minute',
    backends: BOTH,
    limitSeconds: 200,
    plan: { site: LONG_SITE },
    async run(stage) {
      await stage.startPlatform(2);
      const executionId = await stage.startCrawl();
      for (let second = 0; second < 60; second++) {
        await terminateRandomSession(stage.db.url, stage.random);
        await sleep(1_000);
      }
      await completes(stage, executionId, 90_000, { refetchesAllowed: 3 });
    },
  },
  {
    fault: 'F35',
    name: 'max_connections reached for 30 s',
    backends: BOTH,
    limitSeconds: 180,
    plan: { ownPostgres: { settings: { max_connections: '60' } }, site: LONG_SITE },
    run: hasNoConnections,
  },
  {
    fault: 'F22',
    name: "PostgreSQL's disk full for 20 s",
    backends: BOTH,
    limitSeconds: 240,
    plan: {
      // Little write-ahead log is kept, so that there is none to write on when the disk is full.
      ownPostgres: {
        diskMegabytes: 300,
        settings: { max_wal_size: '48MB', min_wal_size: '32MB', wal_recycle: 'off', shared_buffers: '16MB' },
      },
      site: LONG_SITE,
    },
    run: fillsDisk,
  },
];

function serverOf(stage: Stage): PostgresServer {
  if (stage.postgres === undefined) throw new Error('this configuration needs a server of its own');
  return stage.postgres;
}

async function isDown(stage: Stage): Promise<void> {
  const workers = await stage.startPlatform(2);
  const executionId = await stage.startCrawl();
  await stage.fetchedAtLeast(60);
  await serverOf(stage).crash();
  const names: readonly ProcessName[] = ['api', 'orchestrator', 'worker'];
  const started = names.map((name) => stage.launch(name));
  const outcomes = Promise.all(started.map(outcomeOf));
  await sleep(30_000);
  const well = await Promise.all(workers.map((worker) => isHealthy(worker)));
  stage.verdicts.expect('no worker says that it is well without its database', !well.includes(true));
  await sleep(60_000);
  const ended = await outcomes;
  stage.verdicts.record(
    '-',
    ended.flatMap((outcome, index) =>
      outcome === 1 ? [] : [`the ${names[index]} started meanwhile: ${outcome}`],
    ),
  );
  const fetchesWhileDown = stage.oracle.fetches().length;
  await serverOf(stage).start();
  stage.verdicts.expect('the site had been left alone', stage.oracle.fetches().length === fetchesWhileDown);
  for (const name of names) await stage.start(name);
  await completes(stage, executionId, 60_000, { refetchesAllowed: 1 });
}

/** `ready`, or the exit code of a process that gave up. */
function outcomeOf(launched: LaunchedProcess): Promise<'ready' | number | null> {
  return launched.ready.then(
    () => 'ready' as const,
    () => launched.ended,
  );
}

async function hasNoConnections(stage: Stage): Promise<void> {
  const workers = await stage.startPlatform(2);
  const executionId = await stage.startCrawl();
  await stage.fetchedAtLeast(60);
  const hog = await hogConnections(stage.db.url);
  // Sessions that the platform loses now, it cannot get back until the hog lets go.
  for (let round = 0; round < 4; round++)
    await terminateRandomSession(stage.db.url, stage.random).catch(() => null);
  const more = await hogConnections(stage.db.url);
  stage.verdicts.expect(`connections taken: ${hog.taken + more.taken}`, hog.taken > 10);
  await sleep(30_000);
  const alive = workers.filter(({ pid }) => isRunning(pid));
  await Promise.all([hog.release(), more.release()]);
  stage.verdicts.expect('no worker ended for want of a connection', alive.length === workers.length);
  await completes(stage, executionId, 120_000, { refetchesAllowed: 2 });
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function fillsDisk(stage: Stage): Promise<void> {
  const { disk } = stage;
  if (disk === undefined) throw new Error('this configuration needs a small disk');
  await stage.startPlatform(2);
  const executionId = await stage.startCrawl();
  await stage.fetchedAtLeast(60);
  await disk.fill();
  await sleep(20_000);
  const whileFull = await stage.api
    .call('getExecution', { params: { id: executionId } })
    .then(({ status }) => status as string)
    .catch(() => 'no answer');
  await disk.free();
  // A server that could not write its log has ended itself; its operator starts it when there is room.
  await serverOf(stage).start();
  stage.verdicts.expect(`the execution went on meanwhile: ${whileFull}`, /running|no answer/.test(whileFull));
  await completes(stage, executionId, 120_000, { refetchesAllowed: 3 });
}
