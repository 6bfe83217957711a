import { releaseLane, type Tx } from '@outrider/db';
import { plantCampaign, settleUrl } from '@outrider/db/testing';
import { canTransition, type ExecutionState, isTerminal, newId, OutriderError } from '@outrider/shared';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { completeExecutions } from '../duties/complete-executions.js';
import { holdExecutions } from '../duties/hold-executions.js';
import { returnLostLanes } from '../duties/return-lost-lanes.js';
import { lapseLease, openTestPlatform, type TestPlatform, takeTestLane } from '../testing/test-platform.js';
import { createCommands } from './create-commands.js';

const SEEDS = ['https://a.test/1', 'https://a.test/2', 'https://a.test/3'];
const ORDERS = ['pause', 'resume', 'stop', 'cancel'] as const;
const DUTIES = ['return', 'hold', 'complete'] as const;
const STEPS = ['start', ...ORDERS, 'take', 'let go', 'lapse', 'settle', ...DUTIES] as const;
type Step = (typeof STEPS)[number];

let platform: TestPlatform;

beforeAll(async () => {
  platform = await openTestPlatform('redis', 13);
});
afterAll(() => platform.close());

const within = <T>(work: (tx: Tx) => Promise<T>) => platform.db.app.withTenant(platform.db.tenantId, work);

/** Does one step to the campaign, as the API, a worker or an orchestrator would. */
async function take(step: Step, campaignId: string): Promise<unknown> {
  const { tenantId } = platform.db;
  const commands = createCommands({ ...platform, database: platform.db.app });
  switch (step) {
    case 'start':
      return commands.startExecution({
        tenantId,
        campaignId,
        executionType: 'manual',
        triggeredBy: 'x',
        reason: null,
      });
    case 'pause':
    case 'resume':
    case 'stop':
    case 'cancel':
      return commands[`${step}Execution`]({ tenantId, campaignId, by: 'x' });
    case 'let go':
      for (const lane of await liveLanes(campaignId, 'active')) await letGo(campaignId, lane);
      return null;
    case 'hold':
      return holdExecutions(platform);
    case 'take': {
      const [lane] = await liveLanes(campaignId, 'waiting');
      return lane === undefined
        ? null
        : takeTestLane(platform, lane.id, { epoch: lane.epoch + 1 }).catch(ignoreLostRace);
    }
    case 'lapse':
      for (const lane of await liveLanes(campaignId, 'active'))
        await lapseLease(platform, lane.id).catch(ignoreCheck);
      return null;
    case 'return':
      return returnLostLanes(platform);
    case 'settle':
      return settleOne(campaignId);
    case 'complete':
      return completeExecutions(platform);
  }
}

interface Lane {
  readonly id: string;
  readonly epoch: number;
  readonly execution_id: string;
}

const liveLanes = (campaignId: string, status: string) =>
  within(
    ({ sql }) => sql<Lane[]>`
      select id, epoch, execution_id from execution_lanes where campaign_id = ${campaignId} and status = ${status}`,
  );

/** A worker gives its lane back, as it does when it hears that the execution is not to be crawled. */
async function letGo(campaignId: string, lane: Lane): Promise<void> {
  const { tenantId } = platform.db;
  const hold = { laneId: lane.id, epoch: lane.epoch, instanceId: newId(), tenantId, campaignId };
  await within((tx) => releaseLane(tx, { ...hold, executionId: lane.execution_id }, 'execution_over'));
}

/** Another took the lane first, or the execution was stopped between the look and the taking. */
function ignoreLostRace(error: unknown): null {
  if (error instanceof OutriderError || String(error).includes('not to be had')) return null;
  throw error;
}

/** The lane was returned meanwhile, so that it has no lease to lapse. */
function ignoreCheck(error: unknown): null {
  if (String(error).includes('leased_when_active')) return null;
  throw error;
}

/** A lane settles one pending URL; it holds its own row while it does. */
async function settleOne(campaignId: string): Promise<void> {
  await within(async (tx) => {
    const [lane] = await tx.sql<{ execution_id: string }[]>`
      select execution_id from execution_lanes where campaign_id = ${campaignId} and status = 'active' limit 1 for update`;
    if (lane === undefined) return;
    const [target] = await tx.sql<{ url: string }[]>`
      select url from crawl_targets where execution_id = ${lane.execution_id} and state = 'pending' limit 1`;
    if (target !== undefined) await settleUrl(tx, lane.execution_id, target.url, { fetched: 200 });
  });
}

interface Move {
  seq: number;
  execution_id: string;
  event_type: string;
  payload: { from?: ExecutionState; to?: ExecutionState };
  occurred_at: Date;
}

async function checkHistory(campaignId: string): Promise<void> {
  const events = await within(
    ({ sql }) => sql<Move[]>`
      select seq, execution_id, event_type, payload, occurred_at from event_stream where campaign_id = ${campaignId} order by seq`,
  );
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  const states = new Map<string, ExecutionState>();
  let before = 0;
  for (const { event_type, execution_id, payload, occurred_at } of events) {
    expect(occurred_at.getTime()).toBeGreaterThanOrEqual(before);
    before = occurred_at.getTime();
    if (event_type === 'execution.queued') states.set(execution_id, 'queued');
    if (payload.from === undefined || payload.to === undefined) continue;
    expect(payload.from).toBe(states.get(execution_id));
    expect(canTransition(payload.from, payload.to)).toBe(true);
    states.set(execution_id, payload.to);
  }
  const rows = await within(
    ({ sql }) => sql<{ id: string; status: ExecutionState; balanced: boolean | null; error_log: unknown }[]>`
      select id, status, (result_summary #>> '{receipt,balanced}')::boolean as balanced, error_log
      from campaign_executions where campaign_id = ${campaignId}`,
  );
  expect(Object.fromEntries(rows.map(({ id, status }) => [id, status]))).toEqual(Object.fromEntries(states));
  const open = await within(
    ({ sql }) => sql`
      select operation.id from execution_operations operation
      join campaign_executions execution on execution.id = operation.execution_id
      where operation.campaign_id = ${campaignId} and operation.state = 'running'
        and (execution.completed_at is not null or execution.operation_id <> operation.id)`,
  );
  expect(open).toEqual([]);
  for (const { status, balanced, error_log } of rows) {
    expect({ balanced, error_log }).toEqual({ balanced: isTerminal(status) ? true : null, error_log: null });
  }
}

it('whatever happens in whatever order, two things at once, history is legal and every receipt balances', async () => {
  const pair = fc.tuple(fc.constantFrom(...STEPS), fc.constantFrom(...STEPS));
  await fc.assert(
    fc.asyncProperty(fc.array(pair, { minLength: 5, maxLength: 20 }), async (script) => {
      const campaignId = await plantCampaign(platform.db, { seeds: SEEDS });
      for (const steps of [['start', 'take'] as const, ...script]) {
        const outcomes = await Promise.allSettled(steps.map((step) => take(step, campaignId)));
        for (const outcome of outcomes) {
          // A refusal is an answer; anything else, a deadlock say, is a fault.
          if (outcome.status === 'rejected' && !(outcome.reason instanceof OutriderError))
            throw outcome.reason;
        }
      }
      await checkHistory(campaignId);
    }),
    { numRuns: 40 },
  );
}, 120_000);
