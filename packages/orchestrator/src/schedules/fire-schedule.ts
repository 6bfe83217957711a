import type { CampaignOccupancy, DueSchedule, ScheduleMove, TickRecord, Tx } from '@outrider/db';
import {
  blackoutOfTick,
  describeBlackout,
  type ScheduleStateReason,
  type TickOutcome,
  type TickReason,
  ZONE_RULES,
} from '@outrider/shared';
import type { EndDeps } from '../completion/end-execution.js';
import { cancelRunning } from './cancel-running.js';
import { type JudgedTick, listDueTicks } from './list-due-ticks.js';
import { startForTick } from './start-for-tick.js';

/** What firing the due ticks of a schedule came to; the caller writes the ticks and the move. */
export interface FiredSchedule {
  readonly schedule: DueSchedule;
  /** When they were judged, by the database's clock. */
  readonly now: number;
  readonly ticks: readonly TickRecord[];
  readonly move: ScheduleMove;
  /** Lanes to offer after the commit. */
  readonly laneIds: readonly string[];
}

/** A tick's outcome as it is decided. */
interface Decision {
  readonly outcome: TickOutcome;
  readonly reason: TickReason;
  readonly detail?: string;
  readonly executionId?: string;
}

interface Firing {
  readonly tx: Tx;
  readonly deps: EndDeps;
  readonly schedule: DueSchedule;
  readonly now: number;
  readonly broken: string | undefined;
  live: string[];
  buffered: number;
  runs: number;
  failures: number;
  readonly laneIds: string[];
}

export interface DueWork {
  readonly schedule: DueSchedule;
  readonly occupancy: CampaignOccupancy | undefined;
  readonly now: number;
  /** What broke when this was tried before: its starts then count as failed, and it goes on. */
  readonly broken?: string | undefined;
}

/**
 * Fires what is due of one schedule, in planned order, in the caller's transaction: starts, buffers, skips
 * or misses each tick, and plans on. The rows of schedule and campaign must be locked.
 */
export async function fireSchedule(tx: Tx, deps: EndDeps, due: DueWork): Promise<FiredSchedule> {
  const { schedule, now, occupancy, broken } = due;
  const firing: Firing = {
    ...{ tx, deps, schedule, now, broken, laneIds: [] },
    live: [...(occupancy?.live ?? [])],
    buffered: occupancy?.buffered ?? 0,
    runs: schedule.runsStarted,
    failures: schedule.consecutiveFailures,
  };
  const { ticks, following } = listDueTicks(schedule, now);
  const records: TickRecord[] = [];
  for (const tick of ticks) {
    if (isLimitReached(firing)) break;
    const decision = await decide(firing, tick);
    count(firing, decision);
    records.push(recordOf(schedule, tick, decision));
  }
  const move = moveAfter(firing, following);
  return { schedule, now, ticks: records, move, laneIds: firing.laneIds };
}

function isLimitReached({ schedule, runs }: Firing): boolean {
  return schedule.config.maxRuns !== null && runs >= schedule.config.maxRuns;
}

function isPausedByFailures({ schedule, failures }: Firing): boolean {
  const { pauseAfterFailures } = schedule.config;
  return pauseAfterFailures !== null && failures >= pauseAfterFailures;
}

function count(firing: Firing, { outcome }: Decision): void {
  if (outcome === 'started' || outcome === 'buffered') firing.runs += 1;
  if (outcome === 'buffered') firing.buffered += 1;
  if (outcome === 'failed') firing.failures += 1;
}

async function decide(firing: Firing, tick: JudgedTick): Promise<Decision> {
  const { schedule, now } = firing;
  if (schedule.status === 'paused') {
    const reason =
      schedule.statusReason === 'paused_after_failures' ? schedule.statusReason : 'paused_by_user';
    return { outcome: 'skipped_paused', reason };
  }
  if (tick.verdict.act === 'miss') return { outcome: 'missed', reason: tick.verdict.reason };
  if (isPausedByFailures(firing)) return { outcome: 'skipped_paused', reason: 'paused_after_failures' };
  const window = blackoutOfTick(schedule.config, tick.dueAt, now);
  if (window !== null) {
    return { outcome: 'skipped_blackout', reason: 'blackout', detail: describeBlackout(window) };
  }
  return decideOverlap(firing, tick, tick.verdict.reason);
}

async function decideOverlap(
  firing: Firing,
  tick: JudgedTick,
  reason: 'on_time' | 'caught_up',
): Promise<Decision> {
  const { overlap, catchUp } = firing.schedule.config;
  const isBusy = firing.live.length > 0 || firing.buffered > 0;
  if (overlap === 'allow' || !isBusy) return start(firing, tick, reason);
  // What `all` catches up with runs one after another.
  if (reason === 'caught_up' && catchUp.mode === 'all') return { outcome: 'buffered', reason };
  const running = firing.live[0];
  const detail = running === undefined ? {} : { detail: `execution ${running}` };
  if (overlap === 'skip') {
    return {
      outcome: 'skipped_overlap',
      reason: running === undefined ? 'buffer_full' : 'still_running',
      ...detail,
    };
  }
  if (firing.buffered > 0) return { outcome: 'skipped_overlap', reason: 'buffer_full', ...detail };
  if (overlap === 'buffer_one') return { outcome: 'buffered', reason: 'after_overlap', ...detail };
  firing.live = [...(await cancelRunning(firing.tx, firing.deps, firing.schedule, firing.live))];
  if (firing.live.length === 0) return start(firing, tick, reason);
  return { outcome: 'buffered', reason: 'cancelling_running', ...detail };
}

async function start(firing: Firing, tick: JudgedTick, reason: TickReason): Promise<Decision> {
  const { tx, schedule, broken } = firing;
  if (broken !== undefined) return { outcome: 'failed', reason: 'internal_error', detail: broken };
  const started = await startForTick(tx, schedule, { at: tick.at, kind: 'planned' });
  if (!started.ok) return { outcome: 'failed', reason: 'start_refused', detail: started.problem };
  firing.live.unshift(started.executionId);
  firing.laneIds.push(...started.laneIds);
  return { outcome: 'started', reason, executionId: started.executionId };
}

function recordOf(schedule: DueSchedule, { at, dueAt }: JudgedTick, decision: Decision): TickRecord {
  const { id, tenantId, campaignId } = schedule;
  return {
    ...{ scheduleId: id, tenantId, campaignId, at, dueAt, kind: 'planned' },
    ...{ outcome: decision.outcome, reason: decision.reason },
    ...{ detail: decision.detail ?? null, executionId: decision.executionId ?? null },
  };
}

function moveAfter(firing: Firing, following: { at: number; dueAt: number } | null): ScheduleMove {
  const { schedule, runs, failures } = firing;
  const counts = {
    scheduleId: schedule.id,
    runsStarted: runs,
    consecutiveFailures: failures,
    zoneRules: ZONE_RULES,
  };
  const finish = (statusReason: ScheduleStateReason): ScheduleMove => ({
    ...counts,
    ...{ status: 'finished', statusReason, next: null },
  });
  if (isLimitReached(firing)) return finish('run_limit');
  if (following === null) return finish(schedule.config.endsAt === null ? 'no_more_ticks' : 'end_date');
  const next = { at: following.at, dueAt: following.dueAt };
  if (schedule.status === 'active' && isPausedByFailures(firing)) {
    return { ...counts, status: 'paused', statusReason: 'paused_after_failures', next };
  }
  return { ...counts, status: schedule.status, statusReason: schedule.statusReason, next };
}
