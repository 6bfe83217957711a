import { readClock, readSchedule } from '@outrider/db';
import {
  blackoutOfTick,
  describeBlackout,
  localTime,
  nextTicks,
  type Schedule,
  type SchedulePreview,
  timeZoneOf,
} from '@outrider/shared';
import type { Handler } from '../app/route-request.js';

/** The next ticks of a schedule: when, by which rule where clocks change, and whether a blackout will skip them. */
export const previewSchedule: Handler<'previewSchedule'> = (request) => {
  const { count, from } = request.query;
  return request.read(async (tx) => {
    const schedule = await readSchedule(tx, request.params.id);
    const after = from === undefined ? await readClock(tx) : Date.parse(from);
    return { body: previewOf(schedule, after, count) };
  });
};

function previewOf(schedule: Schedule, after: number, count: number): SchedulePreview {
  const zone = timeZoneOf(schedule.timeZone);
  const ticks = nextTicks(schedule.id, schedule, after, count).map(({ at, dueAt, rule }) => {
    const window = blackoutOfTick(schedule, dueAt, dueAt);
    return {
      scheduledFor: new Date(at).toISOString(),
      localTime: localTime(zone, at),
      dueAt: new Date(dueAt).toISOString(),
      rule,
      blackout: window === null ? null : describeBlackout(window),
    };
  });
  return { timeZone: schedule.timeZone, ticks };
}
