import { readClock, readSchedule } from '@outrider/db';
import {
  blackoutOfTick,
  describeBlackout,
  localTime,
  type NextTick,
  type Schedule,
  type ScheduleEnd,
  type SchedulePreview,
  ticksAfter,
  timeZoneOf,
} from '@outrider/shared';
import type { Handler } from '../app/route-request.js';

/** Ticks between now and the first one asked for that are walked to count the runs until then. */
const MOST_WALKED = 5_000;

/**
 * The next ticks of a schedule: when, by which rule where clocks change, whether a blackout will skip them, and why none
 * follows where that is so.
 */
export const previewSchedule: Handler<'previewSchedule'> = (request) => {
  const { count, from } = request.query;
  return request.read(async (tx) => {
    const schedule = await readSchedule(tx, request.params.id);
    const now = await readClock(tx);
    const after = from === undefined ? now : Date.parse(from);
    return { body: previewOf(schedule, { now, after, count }) };
  });
};

interface PreviewRange {
  readonly now: number;
  /** Ticks after this moment. */
  readonly after: number;
  readonly count: number;
}

function previewOf(schedule: Schedule, range: PreviewRange): SchedulePreview {
  const zone = timeZoneOf(schedule.timeZone);
  const { ticks, end } = plannedTicks(schedule, range);
  const shown = ticks.map((tick) => ({
    scheduledFor: new Date(tick.at).toISOString(),
    localTime: localTime(zone, tick.at),
    dueAt: new Date(tick.dueAt).toISOString(),
    rule: tick.rule,
    blackout: blackoutWords(schedule, tick),
  }));
  return { timeZone: schedule.timeZone, ticks: shown, end };
}

function plannedTicks(
  schedule: Schedule,
  { now, after, count }: PreviewRange,
): { readonly ticks: NextTick[]; readonly end: ScheduleEnd | null } {
  const ticks: NextTick[] = [];
  let left = runsLeft(schedule, now, after);
  for (const tick of ticksAfter(schedule.id, schedule, after)) {
    if (left <= 0) return { ticks, end: 'run_limit' };
    if (ticks.length === count) return { ticks, end: null };
    ticks.push(tick);
    if (blackoutWords(schedule, tick) === null) left -= 1;
  }
  if (left <= 0) return { ticks, end: 'run_limit' };
  return { ticks, end: schedule.endsAt === null ? 'no_more_ticks' : 'end_date' };
}

/**
 * Executions that the schedule may still start after a moment, if every tick until then starts one that no blackout skips. As
 * good as unlimited when that moment is too far away to count to.
 */
function runsLeft(schedule: Schedule, now: number, after: number): number {
  if (schedule.maxRuns === null) return Number.POSITIVE_INFINITY;
  let left = schedule.maxRuns - schedule.runsStarted;
  let walked = 0;
  for (const tick of ticksAfter(schedule.id, schedule, now)) {
    if (tick.at > after || left <= 0) return left;
    if (walked === MOST_WALKED) return Number.POSITIVE_INFINITY;
    walked += 1;
    if (blackoutWords(schedule, tick) === null) left -= 1;
  }
  return left;
}

function blackoutWords(schedule: Schedule, { dueAt }: NextTick): string | null {
  const window = blackoutOfTick(schedule, dueAt, dueAt);
  return window === null ? null : describeBlackout(window);
}
