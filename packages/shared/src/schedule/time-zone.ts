/** An IANA time zone, as far as schedules need it. */
export interface TimeZone {
  readonly name: string;
  /** Milliseconds that its clocks are ahead of UTC at a moment. */
  offsetAt(instant: number): number;
}

const SECOND_MS = 1_000;
/** What Intl writes for an offset; seconds occur in times before zones were standardised. */
const OFFSET = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/;
const known = new Map<string, TimeZone>();
const KEPT_ZONES = 600;
/** No zone's clocks change twice in this time (see `momentsOf`), so with the same offset at both ends there is no change. */
const STEP_MS = 24 * 3_600 * SECOND_MS;
/** Steps of a zone whose offset is remembered: two years of them. */
const KEPT_STEPS = 730;

/** Whether the text names a zone of the IANA database. Offsets such as `+02:00` are none: they have no rules. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name) || name.length > 60) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The zone of that name, from the time zone database that Node.js carries. Throws RangeError for an unknown one. */
export function timeZoneOf(name: string): TimeZone {
  const found = known.get(name);
  if (found !== undefined) return found;
  const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  const zone: TimeZone = { name, offsetAt: rememberSteps((instant) => offsetOf(format.format(instant))) };
  if (known.size < KEPT_ZONES) known.set(name, zone);
  return zone;
}

/** Asks for an offset once a day rather than for each moment: what Intl writes takes microseconds. */
function rememberSteps(ask: (instant: number) => number): (instant: number) => number {
  const offsets = new Map<number, number>();
  const atStep = (step: number): number => {
    const found = offsets.get(step);
    if (found !== undefined) return found;
    const offset = ask(step * STEP_MS);
    if (offsets.size >= KEPT_STEPS) offsets.clear();
    offsets.set(step, offset);
    return offset;
  };
  return (instant) => {
    const step = Math.floor(instant / STEP_MS);
    const offset = atStep(step);
    return offset === atStep(step + 1) ? offset : ask(instant);
  };
}

function offsetOf(written: string): number {
  const match = OFFSET.exec(written);
  if (match === null) throw new Error(`no offset in "${written}"`);
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = match;
  const size = (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * SECOND_MS;
  return sign === '-' ? -size : size;
}

/** Which moments a zone's clocks show a wall time at. */
export type WallMoments =
  | { readonly kind: 'once'; readonly at: number }
  /** Clocks were set back and showed it twice. */
  | { readonly kind: 'twice'; readonly at: number; readonly again: number }
  /** Clocks jumped over it; `at` is the moment of the jump. */
  | { readonly kind: 'never'; readonly at: number };

/** Offsets lie between -12 and +14 hours today; with a margin for older ones. */
const REACH_MS = 16 * 3_600 * SECOND_MS;

/**
 * Finds when a zone's clocks show a wall time (milliseconds as if in UTC). Right where clocks change at
 * most once within 32 hours, as they do in every zone of the database since 1970.
 */
export function momentsOf(zone: TimeZone, wallMs: number): WallMoments {
  const before = zone.offsetAt(wallMs - REACH_MS);
  const after = zone.offsetAt(wallMs + REACH_MS);
  const [first, second] = [wallMs - before, wallMs - after];
  if (before === after) return { kind: 'once', at: first };
  const firstShows = zone.offsetAt(first) === before;
  const secondShows = zone.offsetAt(second) === after;
  if (firstShows && secondShows) return { kind: 'twice', at: first, again: second };
  if (firstShows) return { kind: 'once', at: first };
  if (secondShows) return { kind: 'once', at: second };
  return { kind: 'never', at: changeBetween(zone, wallMs - REACH_MS, wallMs + REACH_MS) };
}

/** The first moment at which the offset is that of `end`, by halving. */
function changeBetween(zone: TimeZone, start: number, end: number): number {
  const target = zone.offsetAt(end);
  let [low, high] = [start, end];
  while (high - low > SECOND_MS) {
    const middle = low + Math.floor((high - low) / 2 / SECOND_MS) * SECOND_MS;
    if (middle === low) break;
    if (zone.offsetAt(middle) === target) high = middle;
    else low = middle;
  }
  return high;
}

/** A moment as the zone's clocks show it, with the offset: `2026-03-29T03:00:00+02:00`. */
export function localTime(zone: TimeZone, instant: number): string {
  const offset = zone.offsetAt(instant);
  const wall = new Date(instant + offset).toISOString().slice(0, 19);
  const minutes = Math.abs(Math.trunc(offset / 60_000));
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${wall}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
