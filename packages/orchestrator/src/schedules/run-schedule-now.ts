import {
  appendEvent,
  lockCampaign,
  lockSchedule,
  readOccupancy,
  recordTicks,
  type TickRecord,
  type Tx,
} from '@outrider/db';
import type { CommandDeps } from '../commands/command-deps.js';
import { cancelRunning } from './cancel-running.js';
import { offerFiredLanes } from './offer-fired-lanes.js';
import { startForTick } from './start-for-tick.js';

type RunOutcome = Pick<TickRecord, 'outcome' | 'reason' | 'detail' | 'executionId'> & {
  readonly laneIds: readonly string[];
};

/**
 * Runs a schedule now, by its overlap policy and in spite of blackouts and pauses: a tick of its own in
 * the ledger, which neither moves the planned ones nor counts towards the limit. Throws `not_found`.
 */
export async function runScheduleNow(
  deps: CommandDeps,
  { tenantId, scheduleId }: { readonly tenantId: string; readonly scheduleId: string },
): Promise<void> {
  const laneIds = await deps.database.withTenant(tenantId, (tx) => runWithin(tx, deps, scheduleId));
  deps.crashAt('before_enqueue');
  await offerFiredLanes(deps, laneIds, tenantId);
}

async function runWithin(tx: Tx, deps: CommandDeps, scheduleId: string): Promise<readonly string[]> {
  const { schedule, now } = await lockSchedule(tx, scheduleId);
  const { tenantId, campaignId, config } = schedule;
  await lockCampaign(tx, campaignId);
  const { laneIds, ...outcome } = await decide(tx, deps, schedule, now);
  const tick = { scheduleId, tenantId, campaignId, at: now, dueAt: now, kind: 'manual', ...outcome } as const;
  await recordTicks(tx, [tick]);
  await appendEvent(tx, {
    ...{ tenantId, campaignId, executionId: outcome.executionId, type: 'schedule.ticked' },
    payload: {
      ...{ scheduleId, name: config.name, scheduledFor: new Date(now).toISOString(), kind: 'manual' },
      ...{ outcome: outcome.outcome, reason: outcome.reason },
    },
  });
  return laneIds;
}

type LockedSchedule = Awaited<ReturnType<typeof lockSchedule>>['schedule'];

async function decide(tx: Tx, deps: CommandDeps, schedule: LockedSchedule, now: number): Promise<RunOutcome> {
  const { campaignId, config } = schedule;
  const none = { executionId: null, laneIds: [] };
  const first = (await readOccupancy(tx, [campaignId])).get(campaignId);
  const running = first?.live[0];
  const detail = running === undefined ? null : `execution ${running}`;
  const isBusy = first !== undefined && config.overlap !== 'allow';
  if (isBusy && config.overlap === 'skip') {
    return {
      outcome: 'skipped_overlap',
      reason: running === undefined ? 'buffer_full' : 'still_running',
      detail,
      ...none,
    };
  }
  if (isBusy && first.buffered > 0)
    return { outcome: 'skipped_overlap', reason: 'buffer_full', detail, ...none };
  const mayEnd = isBusy && config.overlap === 'cancel_running';
  const live = mayEnd ? await cancelRunning(tx, deps, schedule, first.live) : (first?.live ?? []);
  const isFree = config.overlap === 'allow' || live.length === 0;
  if (!isFree) return { outcome: 'buffered', reason: 'run_now', detail, ...none };
  const started = await startForTick(
    tx,
    { ...schedule, campaignArchived: false },
    { at: now, kind: 'manual' },
  );
  if (!started.ok) return { outcome: 'failed', reason: 'start_refused', detail: started.problem, ...none };
  return {
    outcome: 'started',
    reason: 'run_now',
    detail: null,
    executionId: started.executionId,
    laneIds: started.laneIds,
  };
}
