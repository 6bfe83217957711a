import {
  appendEvent,
  type BufferedEnd,
  type BufferedTick,
  type BufferPlace,
  claimBufferedTick,
  readClock,
  readOccupancy,
  returnRuns,
  settleBufferedTick,
  type Tx,
} from '@outrider/db';
import { blackoutAt, timeZoneOf } from '@outrider/shared';
import type { DutyReport } from '../duties/duty.js';
import { offerFiredLanes } from './offer-fired-lanes.js';
import type { ScheduleDutyDeps } from './schedule-deps.js';
import { startForTick } from './start-for-tick.js';

const START_TIMEOUT_MS = 300_000;

/**
 * Starts what waits for a campaign that is free now, the oldest first, one of each campaign. A blackout
 * window keeps it waiting.
 */
export async function startBufferedTicks(deps: ScheduleDutyDeps): Promise<DutyReport> {
  let place: BufferPlace | null = null;
  let started = 0;
  for (;;) {
    const after: BufferPlace | null = place;
    const handled: Handled | null = await deps.database.withSystem((tx) => handleNext(tx, after), {
      statementTimeoutMs: START_TIMEOUT_MS,
    });
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

async function handleNext(tx: Tx, after: BufferPlace | null): Promise<Handled | null> {
  const tick = await claimBufferedTick(tx, after);
  if (tick === null) return null;
  const place = { at: tick.at, scheduleId: tick.schedule.id };
  if (!(await mayStart(tx, tick))) return { place, laneIds: [], outcome: null };
  const { schedule, campaignArchived, at, kind } = tick;
  const start = await startForTick(tx, { ...schedule, campaignArchived }, { at, kind });
  const end: BufferedEnd = start.ok
    ? { outcome: 'started', reason: reasonOf(tick), detail: null, executionId: start.executionId }
    : { outcome: 'failed', reason: 'start_refused', detail: start.problem, executionId: null };
  await settleBufferedTick(tx, place, end);
  if (!start.ok && kind === 'planned') await returnRuns(tx, schedule.id, 1);
  await appendEvent(tx, {
    ...{ tenantId: schedule.tenantId, campaignId: schedule.campaignId, executionId: end.executionId },
    type: 'schedule.ticked',
    payload: {
      ...{ scheduleId: schedule.id, name: schedule.config.name, kind },
      ...{ scheduledFor: new Date(at).toISOString(), outcome: end.outcome, reason: end.reason },
    },
  });
  return { place, laneIds: start.ok ? start.laneIds : [], outcome: end.outcome };
}

/** Looks again under the campaign's lock: another may have started it a moment ago. */
async function mayStart(tx: Tx, { schedule }: BufferedTick): Promise<boolean> {
  const { blackouts, timeZone, overlap } = schedule.config;
  if (blackoutAt(blackouts, timeZoneOf(timeZone), await readClock(tx)) !== null) return false;
  if (overlap === 'allow') return true;
  const occupancy = await readOccupancy(tx, [schedule.campaignId]);
  return (occupancy.get(schedule.campaignId)?.live.length ?? 0) === 0;
}

/** A start that made way says so; one that was asked for keeps its reason. */
function reasonOf({ reason }: BufferedTick): BufferedTick['reason'] {
  return reason === 'cancelling_running' ? 'after_overlap' : reason;
}
