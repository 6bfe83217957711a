import {
  claimDueSchedules,
  isConnectionError,
  moveSchedules,
  readOccupancy,
  recordTicks,
  type Tx,
} from '@outrider/db';
import type { DutyReport } from '../duties/duty.js';
import { type FiredSchedule, fireSchedule } from './fire-schedule.js';
import { isPassing } from './is-passing.js';
import { offerFiredLanes } from './offer-fired-lanes.js';
import type { ScheduleDutyDeps } from './schedule-deps.js';
import { tellTicks } from './tell-ticks.js';

/** Schedules in one transaction: its commit is shared, and a start that waits holds up no more than these. */
const SCHEDULES_AT_ONCE = 20;
/** Of a batch that broke, this many are tried at the same time. */
const ALONE_AT_ONCE = 4;
const START_TIMEOUT_MS = 300_000;
/** A batch that needs what somebody holds for longer is given up, and its schedules are tried alone. */
const BATCH_LOCK_TIMEOUT_MS = 500;
/** Long enough for the commits of workers that stand in a queue. Who waits for longer is passed over. */
const ALONE_LOCK_TIMEOUT_MS = 2_000;

/**
 * Fires every schedule that is due, a batch in a transaction: the ticks, what they started and the
 * schedules' next ticks are committed together, so that each tick is started once by whichever
 * orchestrator holds its schedule. The schedules of a batch that breaks are tried alone. If that breaks
 * too, the tick is noted as failed; if it only had to wait for a lock, it is passed over and come to again
 * with the next run. So none holds up the others, nor its own later ticks.
 */
export async function fireDueSchedules(deps: ScheduleDutyDeps): Promise<DutyReport> {
  const totals = { ticks: 0, started: 0 };
  const offers: Promise<void>[] = [];
  const passedOver = new Set<string>();
  try {
    for (;;) {
      const fired = await fireBatch(deps, passedOver);
      if (fired === null) return totals;
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

type Fired = readonly FiredSchedule[];

/** Null when nothing is due but what was passed over. */
async function fireBatch(deps: ScheduleDutyDeps, passedOver: Set<string>): Promise<Fired | null> {
  const claimed: string[] = [];
  const claim = { limit: SCHEDULES_AT_ONCE, except: [...passedOver], claimed };
  try {
    const fired = await fireClaimed(deps, claim, BATCH_LOCK_TIMEOUT_MS);
    return claimed.length === 0 ? null : fired;
  } catch (error) {
    if (isConnectionError(error) || claimed.length === 0) throw error;
    const message = 'schedules could not be fired together; each is tried alone';
    if (isPassing(error)) deps.logger.warn({ err: error, scheduleIds: claimed }, message);
    else deps.logger.error({ err: error, scheduleIds: claimed }, message);
    return fireEach(deps, claimed, passedOver);
  }
}

/** A few side by side, so that the others go by one that waits. */
async function fireEach(
  deps: ScheduleDutyDeps,
  scheduleIds: readonly string[],
  passedOver: Set<string>,
): Promise<Fired> {
  const left = [...scheduleIds];
  const fired: FiredSchedule[] = [];
  const inTurn = async (): Promise<void> => {
    for (let only = left.shift(); only !== undefined; only = left.shift()) {
      const outcome = await fireAlone(deps, only);
      if (outcome === null) passedOver.add(only);
      else fired.push(...outcome);
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: ALONE_AT_ONCE }, inTurn));
  for (const end of ends) {
    if (end.status === 'rejected') throw end.reason;
  }
  return fired;
}

/** Null when it is to be passed over. */
async function fireAlone(deps: ScheduleDutyDeps, only: string): Promise<Fired | null> {
  try {
    return await fireClaimed(deps, { limit: 1, only }, ALONE_LOCK_TIMEOUT_MS);
  } catch (error) {
    if (isConnectionError(error)) throw error;
    if (isPassing(error)) {
      deps.logger.warn(
        { err: error, scheduleId: only },
        'a schedule has to wait; it is fired with a later run',
      );
      return null;
    }
    deps.logger.error({ err: error, scheduleId: only }, 'a schedule could not be fired; its tick has failed');
    return noteFailure(deps, only, String(error));
  }
}

/** What cannot even be noted is tried again with the next run; meanwhile it is no reason to stop. */
async function noteFailure(deps: ScheduleDutyDeps, only: string, broken: string): Promise<Fired | null> {
  try {
    return await fireClaimed(deps, { limit: 1, only, broken }, ALONE_LOCK_TIMEOUT_MS);
  } catch (error) {
    if (isConnectionError(error)) throw error;
    deps.logger.error({ err: error, scheduleId: only }, 'the failure of a tick could not be noted');
    return null;
  }
}

interface Claim {
  readonly limit: number;
  readonly only?: string;
  readonly except?: readonly string[];
  readonly broken?: string;
  /** Gets the ids of what was claimed. */
  readonly claimed?: string[];
}

async function fireClaimed(deps: ScheduleDutyDeps, claim: Claim, lockTimeoutMs: number): Promise<Fired> {
  const fired = await deps.database.withSystem((tx) => fireWithin(tx, deps, claim), {
    statementTimeoutMs: START_TIMEOUT_MS,
    lockTimeoutMs,
  });
  deps.crashAt('before_enqueue');
  for (const outcome of fired) observe(deps, outcome);
  return fired;
}

async function fireWithin(tx: Tx, deps: ScheduleDutyDeps, claim: Claim): Promise<Fired> {
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
