import {
  claimDueSchedules,
  isConnectionError,
  isSerializationOrDeadlock,
  isStatementTimeout,
  moveSchedules,
  readOccupancy,
  recordTicks,
  type Tx,
} from '@outrider/db';
import type { DutyReport } from '../duties/duty.js';
import { type FiredSchedule, fireSchedule } from './fire-schedule.js';
import { offerFiredLanes } from './offer-fired-lanes.js';
import type { ScheduleDutyDeps } from './schedule-deps.js';
import { tellTicks } from './tell-ticks.js';

/** Schedules in one transaction: its commit is shared, and a start that waits holds up no more than these. */
const SCHEDULES_AT_ONCE = 20;
const START_TIMEOUT_MS = 300_000;

/**
 * Fires every schedule that is due, a batch in a transaction: the ticks, what they started and the
 * schedules' next ticks are committed together, so that each tick is started once by whichever
 * orchestrator holds its schedule. A schedule that breaks its batch is tried alone, and if that breaks
 * too, its tick is noted as failed, so that it holds up neither the others nor its own later ticks.
 */
export async function fireDueSchedules(deps: ScheduleDutyDeps): Promise<DutyReport> {
  const totals = { ticks: 0, started: 0 };
  const offers: Promise<void>[] = [];
  try {
    for (;;) {
      const fired = await fireBatch(deps);
      if (fired.length === 0) return totals;
      // The next batch need not wait until the queue has heard of this one.
      offers.push(
        offerFiredLanes(
          deps,
          fired.flatMap(({ laneIds }) => laneIds),
        ),
      );
      for (const { ticks } of fired) {
        totals.ticks += ticks.length;
        totals.started += ticks.filter(({ outcome }) => outcome === 'started').length;
      }
    }
  } finally {
    await Promise.all(offers);
  }
}

async function fireBatch(deps: ScheduleDutyDeps): Promise<readonly FiredSchedule[]> {
  const claimed: string[] = [];
  try {
    return await fireClaimed(deps, { limit: SCHEDULES_AT_ONCE, claimed });
  } catch (error) {
    if (isPassing(error) || claimed.length === 0) throw error;
    deps.logger.error({ err: error, scheduleIds: claimed }, 'schedules could not be fired together');
    const fired: FiredSchedule[] = [];
    for (const only of claimed) fired.push(...(await fireAlone(deps, only)));
    return fired;
  }
}

async function fireAlone(deps: ScheduleDutyDeps, only: string): Promise<readonly FiredSchedule[]> {
  try {
    return await fireClaimed(deps, { limit: 1, only });
  } catch (error) {
    if (isPassing(error)) throw error;
    deps.logger.error({ err: error, scheduleId: only }, 'a schedule could not be fired; its tick has failed');
    return noteFailure(deps, only, String(error));
  }
}

/** What cannot even be noted is tried again with the next run; meanwhile it is no reason to stop. */
async function noteFailure(
  deps: ScheduleDutyDeps,
  only: string,
  broken: string,
): Promise<readonly FiredSchedule[]> {
  try {
    return await fireClaimed(deps, { limit: 1, only, broken });
  } catch (error) {
    if (isPassing(error)) throw error;
    deps.logger.error({ err: error, scheduleId: only }, 'the failure of a tick could not be noted');
    return [];
  }
}

/** Whether the same may well succeed a moment later. */
function isPassing(error: unknown): boolean {
  return isConnectionError(error) || isSerializationOrDeadlock(error) || isStatementTimeout(error);
}

interface Claim {
  readonly limit: number;
  readonly only?: string;
  readonly broken?: string;
  /** Gets the ids of what was claimed. */
  readonly claimed?: string[];
}

async function fireClaimed(deps: ScheduleDutyDeps, claim: Claim): Promise<readonly FiredSchedule[]> {
  const fired = await deps.database.withSystem((tx) => fireWithin(tx, deps, claim), {
    statementTimeoutMs: START_TIMEOUT_MS,
  });
  deps.crashAt('before_enqueue');
  for (const outcome of fired) observe(deps, outcome);
  return fired;
}

async function fireWithin(tx: Tx, deps: ScheduleDutyDeps, claim: Claim): Promise<readonly FiredSchedule[]> {
  const { schedules, now } = await claimDueSchedules(tx, claim);
  claim.claimed?.push(...schedules.map(({ id }) => id));
  if (schedules.length === 0) return [];
  const occupancy = await readOccupancy(
    tx,
    schedules.map(({ campaignId }) => campaignId),
  );
  // Side by side, so that what the batch has to say to the database at one step shares a round trip. They
  // have nothing in common to lock: each is another campaign's, and the batch holds all of these.
  const outcomes = await Promise.allSettled(
    schedules.map(async (schedule) => {
      const work = { schedule, now, occupancy: occupancy.get(schedule.campaignId), broken: claim.broken };
      const outcome = await fireSchedule(tx, deps, work);
      await tellTicks(tx, schedule, outcome.ticks, outcome.move);
      return outcome;
    }),
  );
  const fired = outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
  await recordTicks(
    tx,
    fired.flatMap(({ ticks }) => ticks),
  );
  await moveSchedules(
    tx,
    fired.map(({ move }) => move),
  );
  return fired;
}

function observe({ metrics }: ScheduleDutyDeps, { ticks, now }: FiredSchedule): void {
  for (const { outcome, dueAt } of ticks) {
    metrics.increment('outrider_schedule_ticks_total', { outcome });
    if (outcome === 'started') {
      metrics.observe('outrider_schedule_lateness_seconds', {}, (now - dueAt) / 1_000);
    }
  }
}
