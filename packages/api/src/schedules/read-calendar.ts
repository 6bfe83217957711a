import { setImmediate } from 'node:timers/promises';
import {
  type CountedTicks,
  countTicksByDay,
  listTenantSchedules,
  readClock,
  readPlannedFrom,
  type Tx,
} from '@outrider/db';
import {
  CALENDAR_LIMITS,
  type CalendarEntry,
  type CalendarTick,
  type ListedSchedule,
  momentsOf,
  type ScheduleCalendar,
  type TimeZone,
  timeZoneOf,
} from '@outrider/shared';
import { type ForecastTick, forecastTicks } from './forecast-ticks.js';

const DAY_MS = 86_400_000;
/** Ticks that are planned before others have their turn: some milliseconds. */
const TICKS_IN_A_ROW = 100;

/** Which days, and by whose clocks. */
export interface CalendarQuery {
  /** The first and the last day, both shown. */
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
}

interface DayTick extends Omit<CalendarTick, 'scheduledFor'> {
  readonly at: number;
}

/** What the calendar is made of, as the database has it. */
export interface CalendarRecords {
  readonly asked: CalendarQuery;
  readonly days: readonly string[];
  /** Where each day begins, and at the end where the last one ends. Milliseconds since 1970. */
  readonly dayStarts: readonly number[];
  readonly now: number;
  readonly schedules: readonly ListedSchedule[];
  readonly hasMoreSchedules: boolean;
  readonly plannedFrom: ReadonlyMap<string, number>;
  readonly counted: readonly CountedTicks[];
}

/** Reads schedules and ledger for the calendar. What is to come is planned after the transaction: it takes time. */
export async function readCalendarRecords(tx: Tx, asked: CalendarQuery): Promise<CalendarRecords> {
  const zone = timeZoneOf(asked.timeZone);
  const days = daysBetween(asked.from, asked.to);
  const dayStarts = [...days, dayAfter(asked.to)].map((day) => startOf(zone, day));
  const { items: schedules, next } = await listTenantSchedules(tx, {
    limit: CALENDAR_LIMITS.schedules,
    after: null,
  });
  const { ticksPerSchedule, ticksPerDay } = CALENDAR_LIMITS;
  const scheduleIds = schedules.map(({ id }) => id);
  const [counted, plannedFrom, now] = await Promise.all([
    countTicksByDay(tx, { scheduleIds, dayStarts, ticksPerSchedule, ticksPerDay }),
    readPlannedFrom(tx, scheduleIds),
    readClock(tx),
  ]);
  return { asked, days, dayStarts, now, schedules, hasMoreSchedules: next !== null, plannedFrom, counted };
}

/**
 * The ticks of all schedules, day by day in one time zone: of the past as the ledger has them, of the future as they are
 * planned. What is dense is counted; what is too much is left out, and that is said.
 */
export async function calendarOf(records: CalendarRecords): Promise<ScheduleCalendar> {
  const { asked, days, dayStarts, schedules, hasMoreSchedules, counted } = records;
  const book = createBook(days);
  for (const { scheduleId, day, outcome, count, ticks } of counted) {
    const shown = ticks.map(({ scheduledFor, ...tick }) => ({ ...tick, at: Date.parse(scheduledFor) }));
    book.add(scheduleId, day, outcome, count, shown);
  }
  const past = totalsOf(counted);
  const cut = new Set(
    schedules.map(({ id }) => id).filter((id) => (past.get(id) ?? 0) >= CALENDAR_LIMITS.ticksPerSchedule),
  );
  const tooMany = await lookAhead(records, (scheduleId, { at, skip }) => {
    const day = dayOf(dayStarts, at);
    const outcome = skip === null ? 'planned' : 'to_be_skipped';
    const { reason, detail } = skip ?? { reason: null, detail: null };
    const tick = { at, outcome, reason, detail, executionId: null, executionStatus: null } as const;
    book.add(scheduleId, day, outcome, 1, [tick]);
  });
  for (const id of tooMany) cut.add(id);
  return {
    ...{ ...asked, schedules: [...schedules], entries: book.entries(), hasMoreSchedules },
    cutSchedules: [...cut],
  };
}

/**
 * Plans the ticks of all schedules; returns those whose ticks were too many. Each has the same share at first, so that a
 * dense one leaves something to those after it; what is left over goes to those that need more. Other requests have their
 * turn in between.
 */
async function lookAhead(
  { schedules, dayStarts, now, plannedFrom }: CalendarRecords,
  onTick: (scheduleId: string, tick: ForecastTick) => void,
): Promise<Set<string>> {
  const { ticksAhead, ticksPerSchedule } = CALENDAR_LIMITS;
  const [begin = 0, end = 0] = [dayStarts[0], dayStarts.at(-1)];
  let open = schedules.map((schedule) => {
    const range = { now, begin, end, plannedFrom: plannedFrom.get(schedule.id) ?? null };
    return { id: schedule.id, seen: 0, ticks: forecastTicks(schedule, range) };
  });
  let left: number = ticksAhead;
  for (const share of [Math.floor(ticksAhead / Math.max(1, open.length)), ticksPerSchedule]) {
    const unfinished: typeof open = [];
    for (const one of open) {
      const most = Math.min(left, Math.min(share, ticksPerSchedule) - one.seen);
      const { seen, isDone } = await take(one.ticks, most, (tick) => onTick(one.id, tick));
      left -= seen;
      if (!isDone) unfinished.push({ ...one, seen: one.seen + seen });
    }
    open = unfinished;
  }
  return new Set(open.map(({ id }) => id));
}

/** Looks at most at so many ticks, and tells of those that are in the range. */
async function take(
  ticks: Generator<ForecastTick | null, void>,
  most: number,
  onTick: (tick: ForecastTick) => void,
): Promise<{ readonly seen: number; readonly isDone: boolean }> {
  for (let seen = 0; seen < most; seen += 1) {
    if (seen % TICKS_IN_A_ROW === 0) await setImmediate();
    const { value, done } = ticks.next();
    if (done === true) return { seen, isDone: true };
    if (value !== null && value !== undefined) onTick(value);
  }
  return { seen: Math.max(0, most), isDone: false };
}

/** The place of the day that a moment lies in. */
function dayOf(dayStarts: readonly number[], at: number): number {
  return dayStarts.findLastIndex((start) => start <= at);
}

function totalsOf(counted: readonly { readonly scheduleId: string; readonly count: number }[]) {
  const totals = new Map<string, number>();
  for (const { scheduleId, count } of counted) totals.set(scheduleId, (totals.get(scheduleId) ?? 0) + count);
  return totals;
}

/** Collects ticks by schedule and day, in any order. */
function createBook(days: readonly string[]) {
  const kept = new Map<string, { entry: Omit<CalendarEntry, 'ticks'>; ticks: DayTick[] }>();
  return {
    add(
      scheduleId: string,
      place: number,
      outcome: CalendarTick['outcome'],
      count: number,
      ticks: readonly DayTick[],
    ) {
      const day = days[place];
      if (day === undefined) return;
      const key = `${day} ${scheduleId}`;
      const held = kept.get(key) ?? { entry: { day, scheduleId, counts: {} }, ticks: [] };
      held.entry.counts[outcome] = (held.entry.counts[outcome] ?? 0) + count;
      held.ticks.push(...ticks.slice(0, CALENDAR_LIMITS.ticksPerDay));
      kept.set(key, held);
    },
    entries(): CalendarEntry[] {
      const entries = [...kept.values()].map(({ entry, ticks }) => {
        const first = ticks.sort((a, b) => a.at - b.at).slice(0, CALENDAR_LIMITS.ticksPerDay);
        const shown = first.map(({ at, ...tick }) => ({ scheduledFor: new Date(at).toISOString(), ...tick }));
        return { ...entry, ticks: shown };
      });
      const orderOf = ({ day, ticks }: CalendarEntry): string => `${day} ${ticks[0]?.scheduledFor ?? ''}`;
      return entries.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
    },
  };
}

function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = dayAfter(day)) days.push(day);
  return days;
}

function dayAfter(day: string): string {
  return new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
}

/** When a day begins by a zone's clocks. Where they jump over midnight it begins with the jump. */
function startOf(zone: TimeZone, day: string): number {
  return momentsOf(zone, Date.parse(day)).at;
}
