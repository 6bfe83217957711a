import { ROUTES } from '@outrider/shared';
import { request } from 'undici';
import type { PlatformProcess } from '../../platform/child-process.js';
import type { Stage } from '../stage/stage.js';
import { BOTH, type Claim, type Configuration, judge } from './configuration.js';

/** What an execution may be told, as far as the API has it, and the state that each leads to. */
const LEADS_TO = {
  stop: /^stopped$/,
  cancel: /^cancelled$/,
  pause: /^paused$/,
  resume: /^(running|completed)$/,
} as const;
type Command = keyof typeof LEADS_TO;

const COMMANDS = (Object.keys(LEADS_TO) as Command[]).filter((command) =>
  Object.values(ROUTES).some(({ path }) => path === `/executions/:id/${command}`),
);

/** A stop lets the slow fetches of this site finish; a cancel cuts them off. Milliseconds. */
const OBEYED_WITHIN = { stop: 30_000, cancel: 5_000, pause: 30_000, resume: 60_000 } as const;
/** Executions side by side, each of a campaign of its own. */
const CAMPAIGNS = 4;

/** F36: whatever is ordered, in whatever order, the last order that was accepted is what happens. */
export const RANDOM_COMMANDS: readonly Configuration[] = [
  {
    fault: 'F36',
    name: '100 random commands and kill -9',
    backends: BOTH,
    limitSeconds: 150,
    inTests: ['postgres'],
    plan: { site: { pages: 400, delayMs: 60 }, environment: { OUTRIDER_WORKER_LANES: '3' } },
    run: (stage) => obeys(stage, 100),
  },
  {
    fault: 'F36',
    name: '1,000 random commands and kill -9',
    backends: BOTH,
    limitSeconds: 600,
    plan: { site: { pages: 400, delayMs: 60 }, environment: { OUTRIDER_WORKER_LANES: '3' } },
    run: (stage) => obeys(stage, 1_000),
  },
];

interface Ordered {
  readonly campaignId: string;
  readonly executionId: string;
  last: Command | null;
  lastAt: number;
}

async function obeys(stage: Stage, commands: number): Promise<void> {
  let workers = await stage.startPlatform(2);
  const campaigns = await Promise.all(
    Array.from({ length: CAMPAIGNS }, () => stage.createCampaign({ lanes: 1 })),
  );
  const live: Ordered[] = [];
  let given = 0;
  let executions = 0;
  while (given < commands) {
    for (const campaignId of campaigns) {
      if (live.some((one) => one.campaignId === campaignId)) continue;
      const executionId = await stage.startExecution(campaignId);
      executions += 1;
      live.push({ campaignId, executionId, last: null, lastAt: 0 });
    }
    // Bursts of orders from several clients at once would leave no order that was the last.
    for (const ordered of live) given += await order(stage, ordered);
    if (given % 40 < CAMPAIGNS) workers = await replaceOne(stage, workers);
    await settleEnded(stage, live, executions);
  }
  for (const ordered of live.splice(0)) {
    if (ordered.last === null || ordered.last === 'resume' || ordered.last === 'pause') {
      await tell(stage, ordered, 'stop');
    }
    await reaches(stage, ordered, executions);
  }
}

/** Gives one to three random orders; returns how many. */
async function order(stage: Stage, ordered: Ordered): Promise<number> {
  const count = 1 + Math.floor(stage.random() * 3);
  for (let n = 0; n < count; n++) {
    const command = COMMANDS[Math.floor(stage.random() * COMMANDS.length)];
    if (command !== undefined) await tell(stage, ordered, command);
  }
  return count;
}

async function tell(stage: Stage, ordered: Ordered, command: Command): Promise<void> {
  const answer = await request(
    `${stage.apiOrigin}/api/crawler/executions/${ordered.executionId}/${command}`,
    {
      method: 'POST',
      headers: { authorization: `Bearer ${stage.marker}`, 'content-type': 'application/json' },
      body: '{}',
    },
  );
  await answer.body.dump();
  if (answer.statusCode >= 500) {
    stage.verdicts.record('-', [`${command} got ${answer.statusCode}`]);
  } else if (answer.statusCode < 300) {
    ordered.last = command;
    ordered.lastAt = performance.now();
  }
}

async function replaceOne(stage: Stage, workers: readonly PlatformProcess[]): Promise<PlatformProcess[]> {
  const victim = workers[Math.floor(stage.random() * workers.length)];
  await victim?.kill('SIGKILL');
  return [...workers.filter((worker) => worker !== victim), await stage.start('worker')];
}

async function settleEnded(stage: Stage, live: Ordered[], executions: number): Promise<void> {
  for (const ordered of [...live]) {
    if (ordered.last !== 'stop' && ordered.last !== 'cancel') continue;
    await reaches(stage, ordered, executions);
    live.splice(live.indexOf(ordered), 1);
  }
}

async function reaches(stage: Stage, ordered: Ordered, executions: number): Promise<void> {
  const { executionId, last, lastAt } = ordered;
  if (last === null) return;
  const wanted = LEADS_TO[last];
  let status = 'unknown';
  const left = lastAt + OBEYED_WITHIN[last] - performance.now();
  const isThere = async (): Promise<boolean> => {
    status = (await stage.api.call('getExecution', { params: { id: executionId } })).status;
    return wanted.test(status);
  };
  await stage.until(last, isThere, Math.max(1_000, left)).catch(() => undefined);
  stage.verdicts.record('I3', wanted.test(status) ? [] : [`after ${last} it is ${status}`]);
  if (!wanted.test(status)) return;
  // Every execution may ask for the same URLs, and every killed worker may have been at one.
  const claim: Claim = { isComplete: false, refetchesAllowed: executions * 2 };
  await judge(stage, executionId, claim);
}
