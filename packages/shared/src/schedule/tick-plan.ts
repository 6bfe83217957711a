import { parseCron } from './cron-pattern.js';
import { momentsOf, type TimeZone, timeZoneOf } from './time-zone.js';

/**
 * How a change of clocks bears on a tick. The rules, in full in `docs/schedules.md`:
 * - `gap_moved`: clocks jump over the named time; the tick is at the jump. Several such become one.
 * - `overlap_first`: clocks show the named time twice; the tick is at the first.
 * - `overlap_repeated`: the same, but the expression names every hour, so it ticks in both.
 */
export const TICK_RULES = ['plain', 'gap_moved', 'overlap_first', 'overlap_repeated'] as const;
export type TickRule = (typeof TICK_RULES)[number];

/** One planned start. */
export interface PlannedTick {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly rule: TickRule;
}

/** The planned starts of a cron expression in a time zone. */
export interface TickPlan {
  readonly zone: TimeZone;
  /** The first tick after a moment; null when there is none. */
  after(instant: number): PlannedTick | null;
  /** Ticks after one moment up to and with another, oldest first, at most `limit`. */
  between(after: number, until: number, limit: number): PlannedTick[];
}

const MINUTE_MS = 60_000;
const REACH_MS = 16 * 3_600_000;

/** Plans the ticks of a schedule; pure. Throws RangeError for an expression or a zone that was never valid. */
export function createTickPlan(schedule: { readonly cron: string; readonly timeZone: string }): TickPlan {
  const parsed = parseCron(schedule.cron);
  if (!parsed.ok) throw new RangeError(`cron "${schedule.cron}": ${parsed.problem}`);
  const { pattern } = parsed;
  const zone = timeZoneOf(schedule.timeZone);

  /** The ticks of one wall time, earliest first. */
  function ticksOf(wallMs: number): PlannedTick[] {
    const moments = momentsOf(zone, wallMs);
    if (moments.kind === 'never') return [{ at: moments.at, rule: 'gap_moved' }];
    if (moments.kind === 'once') return [{ at: moments.at, rule: 'plain' }];
    if (!pattern.everyHour) return [{ at: moments.at, rule: 'overlap_first' }];
    return [moments.at, moments.again].map((at) => ({ at, rule: 'overlap_repeated' }));
  }

  function after(instant: number): PlannedTick | null {
    // Where clocks are about to be set back, an earlier wall time comes again.
    const offset = Math.min(zone.offsetAt(instant), zone.offsetAt(instant + REACH_MS));
    let wall = pattern.next(instant + offset - MINUTE_MS);
    let best: PlannedTick | null = null;
    while (wall !== null) {
      const ticks = ticksOf(wall);
      const [first] = ticks;
      // First showings come in the order of wall times, so nothing earlier follows one.
      if (first === undefined || (best !== null && first.at >= best.at)) return best;
      if (first.at > instant) return first;
      for (const tick of ticks) {
        if (tick.at > instant && (best === null || tick.at < best.at)) best = tick;
      }
      wall = pattern.next(wall);
    }
    return best;
  }

  return {
    zone,
    after,
    between: (start, until, limit) => {
      const ticks: PlannedTick[] = [];
      let tick = after(start);
      while (tick !== null && tick.at <= until && ticks.length < limit) {
        ticks.push(tick);
        tick = after(tick.at);
      }
      return ticks;
    },
  };
}
