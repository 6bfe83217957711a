import { countTicksByDay, listTenantSchedules, readClock, type Tx } from '@outrider/db';
import {
  blackoutAt,
  CALENDAR_LIMITS,
  type CalendarEntry,
  type CalendarTick,
  createTickPlan,
  describeBlackout,
  type ListedSchedule,
  momentsOf,
  type ScheduleCalendar,
  type TimeZone,
  timeZoneOf,
} from '@outrider/shared';

const DAY_MS = 86_400_000;

interface Asked {
  /** The first and the last day, both shown. */
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
}

interface DayTick extends Omit<CalendarTick, 'scheduledFor'> {
  readonly at: number;
}

/**
 * The ticks of all schedules, day by day in one time zone: of the past as the ledger has them, of the future as they are
 * planned. What is dense is counted; what is too much is left out, and that is said.
 */
export async function readCalendar(tx: Tx, asked: Asked): Promise<ScheduleCalendar> {
  const zone = timeZoneOf(asked.timeZone);
  const days = daysBetween(asked.from, asked.to);
  const dayStarts = [...days, dayAfter(asked.to)].map((day) => startOf(zone, day));
  const { items: schedules, next } = await listTenantSchedules(tx, {
    limit: CALENDAR_LIMITS.schedules,
    after: null,
  });
  const { ticksPerSchedule, ticksPerDay } = CALENDAR_LIMITS;
  const counted = await countTicksByDay(tx, {
    ...{ scheduleIds: schedules.map(({ id }) => id), dayStarts, ticksPerSchedule, ticksPerDay },
  });
  const now = await readClock(tx);
  const book = createBook(days);
  for (const { scheduleId, day, outcome, count, ticks } of counted) {
    const shown = ticks.map(({ scheduledFor, ...tick }) => ({ ...tick, at: Date.parse(scheduledFor) }));
    book.add(scheduleId, day, outcome, count, shown);
  }
  const past = totalsOf(counted);
  const cut = new Set(schedules.map(({ id }) => id).filter((id) => (past.get(id) ?? 0) >= ticksPerSchedule));
  for (const schedule of schedules) {
    const planned = plannedTicks(schedule, now, dayStarts);
    if (planned.length >= ticksPerSchedule) cut.add(schedule.id);
    for (const { day, tick } of planned) book.add(schedule.id, day, 'planned', 1, [tick]);
  }
  return {
    ...{ ...asked, schedules, entries: book.entries(), hasMoreSchedules: next !== null },
    cutSchedules: [...cut],
  };
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

/** What a schedule has planned from now to the end of the range, each with the place of its day. */
function plannedTicks(
  schedule: ListedSchedule,
  now: number,
  dayStarts: readonly number[],
): { day: number; tick: DayTick }[] {
  const { status, startsAt, endsAt, maxRuns, runsStarted, blackouts } = schedule;
  const [begin = 0, end = 0] = [dayStarts[0], dayStarts.at(-1)];
  const from = Math.max(now, begin - 1, startsAt === null ? 0 : Date.parse(startsAt) - 1);
  const until = Math.min(end, endsAt === null ? end : Date.parse(endsAt)) - 1;
  if (status === 'finished' || from >= until) return [];
  const left = maxRuns === null ? Number.POSITIVE_INFINITY : Math.max(0, maxRuns - runsStarted);
  const plan = createTickPlan(schedule);
  let day = 0;
  return plan.between(from, until, Math.min(CALENDAR_LIMITS.ticksPerSchedule, left)).map(({ at }) => {
    while (at >= (dayStarts[day + 1] ?? Number.POSITIVE_INFINITY)) day += 1;
    const window = blackoutAt(blackouts, plan.zone, at);
    const detail = window === null ? null : describeBlackout(window);
    const tick = {
      at,
      outcome: 'planned',
      reason: null,
      detail,
      executionId: null,
      executionStatus: null,
    } as const;
    return { day, tick };
  });
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
