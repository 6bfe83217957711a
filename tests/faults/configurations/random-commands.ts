import { OPERATION_KIND_NAMES, type OperationKind } from '@outrider/shared';
import type { ProcessName } from '../../platform/child-process.js';
import type { Stage } from '../stage/stage.js';
import { BOTH, type Configuration } from './configuration.js';
import { OrderedExecution } from './ordered-execution.js';

/** Executions side by side, each of a campaign of its own. */
const CAMPAIGNS = 4;
/** Orders between two deaths. */
const ORDERS_PER_DEATH = 20;
/** Pauses and resumes come more often, so that an execution lives through several of them. */
const DRAWN: readonly OperationKind[] = ['pause', 'pause', 'resume', 'resume', ...OPERATION_KIND_NAMES];

const PLAN = { site: { pages: 300, delayMs: 60 }, environment: { OUTRIDER_WORKER_LANES: '3' } };

/** F36: whatever is ordered, in whatever order, the last order that was accepted is what happens. */
export const RANDOM_COMMANDS: readonly Configuration[] = [
  {
    fault: 'F36',
    name: '100 random commands, restarts and kill -9',
    backends: BOTH,
    limitSeconds: 240,
    inTests: ['postgres'],
    plan: PLAN,
    run: (stage) => obeys(stage, 100),
  },
  {
    fault: 'F36',
    name: '1,000 random commands, restarts and kill -9',
    backends: BOTH,
    limitSeconds: 900,
    plan: PLAN,
    run: (stage) => obeys(stage, 1_000),
  },
];

/** Who dies, and how; each is replaced at once. */
const DEATHS: readonly (readonly [ProcessName, NodeJS.Signals])[] = [
  ['worker', 'SIGKILL'],
  ['worker', 'SIGKILL'],
  ['worker', 'SIGTERM'],
  ['orchestrator', 'SIGKILL'],
  ['api', 'SIGKILL'],
];

async function obeys(stage: Stage, commands: number): Promise<void> {
  await stage.startPlatform(2);
  const campaigns = await Promise.all(
    Array.from({ length: CAMPAIGNS }, () => stage.createCampaign({ lanes: 1 })),
  );
  const live = new Set<OrderedExecution>();
  let [given, executions, deaths] = [0, 0, 0];
  while (given < commands) {
    for (const campaignId of campaigns) {
      if ([...live].some((one) => one.campaignId === campaignId)) continue;
      executions += 1;
      live.add(await begin(stage, campaignId, executions));
    }
    for (const one of live) given += await order(stage, one);
    if (given >= (deaths + 1) * ORDERS_PER_DEATH) {
      deaths += 1;
      await replaceOne(stage, live);
    }
    // Every few orders only, so that many come before the one before them is obeyed.
    const settled = [...live].filter(() => stage.random() < 0.7);
    await Promise.all(settled.map(async (one) => (await one.obeys()) && live.delete(one)));
  }
  await Promise.all([...live].map(async (one) => (await one.obeys()) || (await one.completes(120_000))));
}

/** Each execution calls itself by a name of its own, so that the site's log tells them apart. */
async function begin(stage: Stage, campaignId: string, number: number): Promise<OrderedExecution> {
  const userAgent = `execution-${number}`;
  await stage.api.call('updateCampaign', { params: { id: campaignId }, body: { politeness: { userAgent } } });
  const executionId = await stage.startExecution(campaignId);
  return new OrderedExecution(stage, { campaignId, executionId, userAgent });
}

/** Gives one to three random orders, some of them twice and some together; returns how many. */
async function order(stage: Stage, ordered: OrderedExecution): Promise<number> {
  const count = 1 + Math.floor(stage.random() * 3);
  let given = 0;
  for (let n = 0; n < count; n++) {
    const [kind, other] = [draw(stage), draw(stage)];
    const way = stage.random();
    if (way < 0.15 && kind !== other) await ordered.tellAtOnce([kind, other]);
    else await ordered.tell(kind, way < 0.4 ? 2 : 1);
    given += way < 0.4 ? 2 : 1;
  }
  return given;
}

function draw(stage: Stage): OperationKind {
  return DRAWN[Math.floor(stage.random() * DRAWN.length)] ?? 'pause';
}

/** Kills a process, or tells it to end, and starts another in its place. */
async function replaceOne(stage: Stage, live: ReadonlySet<OrderedExecution>): Promise<void> {
  const [name, signal] = DEATHS[Math.floor(stage.random() * DEATHS.length)] ?? ['worker', 'SIGKILL'];
  const running = stage.running(name);
  const victim = running[Math.floor(stage.random() * running.length)];
  if (victim === undefined) throw new Error(`no ${name} runs`);
  await victim.kill(signal);
  if (name === 'worker' && signal === 'SIGKILL') for (const one of live) one.noteKill();
  await stage.start(name);
}
