import {
  appendEvent,
  type BufferClaim,
  type BufferedEnd,
  type BufferedTick,
  type BufferPlace,
  claimBufferedTick,
  isConnectionError,
  readClock,
  readOccupancy,
  settleBufferedTick,
  type Tx,
} from '@outrider/db';
import { blackoutAt, timeZoneOf } from '@outrider/shared';
import type { DutyReport } from '../duties/duty.js';
import { countEnds } from './count-ends.js';
import { isPassing } from './is-passing.js';
import { offerFiredLanes } from './offer-fired-lanes.js';
import type { ScheduleDutyDeps } from './schedule-deps.js';
import { startForTick } from './start-for-tick.js';
import { tellStanding } from './tell-ticks.js';

const START_TIMEOUT_MS = 300_000;
/** A start that needs what somebody holds for longer lets the others go first. */
const LOCK_TIMEOUT_MS = 2_000;

/**
 * Starts what waits for a campaign that is free now, the oldest first, one of each campaign, each in a
 * transaction of its own. A blackout window keeps it waiting. One that breaks has failed, and one that
 * cannot have its locks is passed over until the next run: none holds up another campaign's.
 */
export async function startBufferedTicks(deps: ScheduleDutyDeps): Promise<DutyReport> {
  let place: BufferPlace | null = null;
  let started = 0;
  for (;;) {
    const handled: Handled | null = await handleNext(deps, place);
    if (handled === null) return { started };
    place = handled.place;
    await offerFiredLanes(deps, handled.laneIds);
    if (handled.outcome === null) continue;
    deps.metrics.increment('outrider_schedule_ticks_total', { outcome: handled.outcome });
    if (handled.outcome === 'started') started += 1;
  }
}

interface Handled {
  readonly place: BufferPlace;
  readonly laneIds: readonly string[];
  /** Null when it still waits. */
  readonly outcome: BufferedEnd['outcome'] | null;
}

async function handleNext(deps: ScheduleDutyDeps, after: BufferPlace | null): Promise<Handled | null> {
  const reached: { tick: BufferPlace | null } = { tick: null };
  try {
    return await handleClaimed(deps, { after }, async (tx, tick) => {
      reached.tick = placeOf(tick);
      return (await mayStart(tx, tick)) ? start(tx, tick) : null;
    });
  } catch (error) {
    const { tick } = reached;
    if (tick === null || isConnectionError(error)) throw error;
    return passOver(deps, tick, error);
  }
}

/** What broke the start of a tick is noted as its end, unless it will pass or not even that can be written. */
async function passOver(deps: ScheduleDutyDeps, place: BufferPlace, error: unknown): Promise<Handled> {
  const waits: Handled = { place, laneIds: [], outcome: null };
  if (isPassing(error)) {
    deps.logger.warn({ err: error, ...place }, 'a start that waits goes on waiting; it is tried again');
    return waits;
  }
  deps.logger.error({ err: error, ...place }, 'a start that waited could not be made; it has failed');
  const end = failure('internal_error', String(error));
  try {
    return (await handleClaimed(deps, { only: place }, async () => ({ end, laneIds: [] }))) ?? waits;
  } catch (another) {
    if (isConnectionError(another)) throw another;
    deps.logger.error({ err: another, ...place }, 'the failure of a start that waited could not be noted');
    return waits;
  }
}

interface Ended {
  readonly end: BufferedEnd;
  readonly laneIds: readonly string[];
}

/** Takes a start that waits, and writes what `decide` made of it; with null it goes on waiting. */
function handleClaimed(
  { database }: ScheduleDutyDeps,
  claim: BufferClaim,
  decide: (tx: Tx, tick: BufferedTick) => Promise<Ended | null>,
): Promise<Handled | null> {
  return database.withSystem(
    async (tx) => {
      const tick = await claimBufferedTick(tx, claim);
      if (tick === null) return null;
      const place = placeOf(tick);
      const ended = await decide(tx, tick);
      if (ended === null) return { place, laneIds: [], outcome: null };
      await settle(tx, tick, ended.end);
      return { place, laneIds: ended.laneIds, outcome: ended.end.outcome };
    },
    { statementTimeoutMs: START_TIMEOUT_MS, lockTimeoutMs: LOCK_TIMEOUT_MS },
  );
}

/** Looks again under the campaign's lock: another may have started it a moment ago. */
async function mayStart(tx: Tx, { schedule }: BufferedTick): Promise<boolean> {
  const { blackouts, timeZone, overlap } = schedule.config;
  if (blackoutAt(blackouts, timeZoneOf(timeZone), await readClock(tx)) !== null) return false;
  if (overlap === 'allow') return true;
  const occupancy = await readOccupancy(tx, [schedule.campaignId]);
  return (occupancy.get(schedule.campaignId)?.live.length ?? 0) === 0;
}

async function start(tx: Tx, tick: BufferedTick): Promise<Ended> {
  const { schedule, campaignArchived, at, kind } = tick;
  const started = await startForTick(tx, { ...schedule, campaignArchived }, { at, kind });
  if (!started.ok) return { end: failure('start_refused', started.problem), laneIds: [] };
  const { executionId, laneIds } = started;
  return { end: { outcome: 'started', reason: reasonOf(tick), detail: null, executionId }, laneIds };
}

/** Writes the end of a start that waited. A planned one that failed is no run after all, and any is a failure of its schedule. */
async function settle(tx: Tx, { schedule, at, kind }: BufferedTick, end: BufferedEnd): Promise<void> {
  const { id: scheduleId, tenantId, campaignId, config } = schedule;
  await settleBufferedTick(tx, { scheduleId, at }, end);
  const runsStarted = Math.max(schedule.runsStarted - (kind === 'planned' ? 1 : 0), 0);
  const failed = { schedule: { ...schedule, runsStarted }, ends: ['failed'] } as const;
  const moves = end.outcome === 'failed' ? await countEnds(tx, [failed]) : [];
  await appendEvent(tx, {
    ...{ tenantId, campaignId, executionId: end.executionId, type: 'schedule.ticked' },
    payload: {
      ...{ scheduleId, name: config.name, kind },
      ...{ scheduledFor: new Date(at).toISOString(), outcome: end.outcome, reason: end.reason },
    },
  });
  for (const move of moves) await tellStanding(tx, schedule, move);
}

function failure(reason: 'start_refused' | 'internal_error', detail: string): BufferedEnd {
  return { outcome: 'failed', reason, detail, executionId: null };
}

function placeOf({ at, schedule }: BufferedTick): BufferPlace {
  return { at, scheduleId: schedule.id };
}

/** A start that made way says so; one that was asked for keeps its reason. */
function reasonOf({ reason }: BufferedTick): BufferedTick['reason'] {
  return reason === 'cancelling_running' ? 'after_overlap' : reason;
}
