import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlatformProcess } from '../../platform/child-process.js';
import type { Stage } from '../stage/stage.js';
import { BOTH, type Configuration, completes } from './configuration.js';

const TROUBLE_MS = 60_000;

/** F31 and F32: the browser dies, or the site does. */
export const BROKEN_TARGET: readonly Configuration[] = [
  {
    fault: 'F31',
    name: 'Chromium killed during navigation',
    backends: BOTH,
    limitSeconds: 120,
    plan: { site: { pages: 60, plant: {} } },
    async run(stage) {
      const [worker] = await stage.startPlatform(1);
      if (worker === undefined) throw new Error('no worker');
      const executionId = await stage.startCrawl({ renderer: 'browser', lanes: 1 });
      await stage.fetchedAtLeast(10);
      const [main] = chromiumsOf(worker);
      stage.verdicts.expect('a browser runs', main !== undefined);
      if (main !== undefined) process.kill(main, 'SIGKILL');
      await completes(stage, executionId, 60_000);
      const zombies = main === undefined ? [] : zombiesOf(worker);
      stage.verdicts.expect(`zombies: ${zombies.join(', ')}`, zombies.length === 0, 'I7');
    },
  },
  {
    fault: 'F32',
    name: 'the site answers 503 with Retry-After for a minute',
    backends: BOTH,
    limitSeconds: 260,
    run: (stage) =>
      isInTrouble(stage, (_request, response) => {
        response.writeHead(503, { 'retry-after': '5' });
        response.end();
      }),
  },
  {
    fault: 'F32',
    name: 'the site closes every connection for a minute',
    backends: BOTH,
    limitSeconds: 400,
    run: (stage) =>
      isInTrouble(stage, (request) => {
        request.socket.resetAndDestroy();
      }),
  },
];

type Answer = Extract<Parameters<Stage['oracle']['set']>[1], (...parts: never[]) => unknown>;

/** The whole site is in trouble; what it was asked for meanwhile is not held against any URL. */
async function isInTrouble(stage: Stage, answer: Answer): Promise<void> {
  await stage.startPlatform(2);
  const executionId = await stage.startCrawl();
  await stage.fetchedAtLeast(60);
  const before = stage.oracle.fetches().length;
  stage.oracle.interrupt(answer);
  await sleep(TROUBLE_MS);
  const asked = stage.oracle.fetches().length - before;
  stage.oracle.interrupt(null);
  stage.verdicts.expect(`the host was left alone: ${asked} fetches in a minute`, asked < 120);
  await completes(stage, executionId, 240_000, { refetchesAllowed: asked });
  const [row] = await stage.db.system.withSystem(
    (tx) => tx.sql<{ failed: number }[]>`
      select count(*)::int as failed from crawl_targets where execution_id = ${executionId} and state = 'failed'`,
  );
  stage.verdicts.expect(`URLs given up: ${row?.failed}`, row?.failed === 0, 'I1');
}

function processIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Empty for a process that has ended. */
function readOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** The main processes of Chromium that a worker started: their folder is named after the worker. */
function chromiumsOf(worker: PlatformProcess): number[] {
  return processIds().filter((pid) => readOf(pid, 'cmdline').includes(`outrider-chromium-${worker.pid}-`));
}

/** Children of the worker that have ended and were not waited for. */
function zombiesOf(worker: PlatformProcess): number[] {
  return processIds().filter((pid) => {
    const stat = readOf(pid, 'stat');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' && Number(parent) === worker.pid;
  });
}
