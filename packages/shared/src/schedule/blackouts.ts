import { z } from 'zod';
import { type TimeZone, timeZoneOf } from './time-zone.js';

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 22:30');
const date = z.iso.date();

/** Hours of the day in which nothing starts. One that ends before it begins lasts past midnight. */
const dailyBlackout = z
  .strictObject({
    from: clock,
    /** The first minute in which starts are allowed again. */
    to: clock,
    /** Days on which it begins; every day unless named. */
    days: z.array(z.enum(WEEKDAYS)).min(1).max(7).optional(),
  })
  .refine(({ from, to }) => from !== to, { path: ['to'], message: 'it must differ from `from`' });

/** Whole days in which nothing starts, both named ones included. */
const datedBlackout = z
  .strictObject({ fromDate: date, toDate: date })
  .refine(({ fromDate, toDate }) => fromDate <= toDate, {
    path: ['toDate'],
    message: 'it must not lie before `fromDate`',
  });

/** When a schedule starts nothing, by the clocks of its time zone. */
export const blackout = z.union([dailyBlackout, datedBlackout]).meta({ id: 'Blackout' });
export type Blackout = z.infer<typeof blackout>;

const DAY_MS = 86_400_000;

/** The blackout that covers a moment, or null. */
export function blackoutAt(blackouts: readonly Blackout[], zone: TimeZone, instant: number): Blackout | null {
  const wall = instant + zone.offsetAt(instant);
  return blackouts.find((window) => covers(window, wall)) ?? null;
}

function covers(window: Blackout, wall: number): boolean {
  if ('fromDate' in window) {
    const day = new Date(wall).toISOString().slice(0, 10);
    return window.fromDate <= day && day <= window.toDate;
  }
  const time = new Date(wall).toISOString().slice(11, 16);
  const begins = (dayWall: number): boolean =>
    window.days === undefined || window.days.some((day) => day === WEEKDAYS[new Date(dayWall).getUTCDay()]);
  if (window.from < window.to) return window.from <= time && time < window.to && begins(wall);
  return (time >= window.from && begins(wall)) || (time < window.to && begins(wall - DAY_MS));
}

/**
 * The blackout that keeps a tick from starting, or null: one that covers the time it is due, with its jitter, or the
 * time it would be started, where that is later.
 */
export function blackoutOfTick(
  { blackouts, timeZone }: { readonly blackouts: readonly Blackout[]; readonly timeZone: string },
  dueAt: number,
  now: number,
): Blackout | null {
  const zone = timeZoneOf(timeZone);
  const window = blackoutAt(blackouts, zone, dueAt);
  return window === null && now > dueAt ? blackoutAt(blackouts, zone, now) : window;
}

/** A blackout in words, for the ledger: `22:00 to 06:00 on mon, tue`. */
export function describeBlackout(window: Blackout): string {
  if ('fromDate' in window) return `${window.fromDate} to ${window.toDate}`;
  const days = window.days === undefined ? '' : ` on ${window.days.join(', ')}`;
  return `${window.from} to ${window.to}${days}`;
}
