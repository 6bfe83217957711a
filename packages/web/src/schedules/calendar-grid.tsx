import { Table, Text } from '@mantine/core';
import type { CalendarEntry, ListedSchedule } from '@outrider/shared/contract';
import { formatCount } from '../display/format.js';
import { TextLink } from '../display/links.js';
import type { CalendarContent } from './calendar-content.js';
import { byDay } from './calendar-days.js';
import { EntryLink, TickLink, totalOf } from './calendar-tick.js';

/** Lines of a day in the month; what is beyond is in the week. */
const LINES_IN_MONTH = 4;

/** Days as a table, a week in each row. */
export function CalendarGrid(props: CalendarContent) {
  const { days, entries, view, today } = props;
  const weeks = Array.from({ length: days.length / 7 }, (_, week) => days.slice(week * 7, week * 7 + 7));
  const onDay = byDay(entries);
  return (
    <Table withTableBorder withColumnBorders className="calendar" aria-label="Ticks by day">
      <Table.Thead>
        <Table.Tr>
          {(weeks[0] ?? []).map((day) => (
            <Table.Th key={day} scope="col">
              {weekday(day)}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {weeks.map((week) => (
          <Table.Tr key={week[0]}>
            {week.map((day) => (
              <Table.Td
                key={day}
                className="calendar-day"
                data-view={view}
                {...(day === today ? { 'aria-current': 'date' as const } : {})}
              >
                <DayHead {...props} of={day} />
                <DayEntries {...props} of={day} own={onDay.get(day) ?? []} />
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

interface OfDay extends CalendarContent {
  readonly of: string;
}

function DayHead({ of, day, view, today }: OfDay) {
  const isOther = view === 'month' && of.slice(0, 7) !== day.slice(0, 7);
  return (
    <Text size="sm" fw={of === today ? 700 : 400} {...(isOther ? { c: 'dimmed' } : {})}>
      <time dateTime={of}>{of === today ? `${Number(of.slice(8))}, today` : Number(of.slice(8))}</time>
    </Text>
  );
}

/** In a month each schedule has one line; in a week each tick has, as far as they are listed. */
export function DayEntries({
  of,
  view,
  zone,
  own,
  schedules,
}: OfDay & { readonly own: readonly CalendarEntry[] }) {
  const byId = new Map(schedules.map((schedule) => [schedule.id, schedule]));
  const known = own.flatMap((entry) => {
    const schedule = byId.get(entry.scheduleId);
    return schedule === undefined ? [] : [{ entry, schedule }];
  });
  const shown = view === 'month' ? known.slice(0, LINES_IN_MONTH) : known;
  return (
    <>
      {shown.map(({ entry, schedule }) =>
        view === 'month' ? (
          <EntryLink key={entry.scheduleId} entry={entry} schedule={schedule} zone={zone} />
        ) : (
          <EachTick key={entry.scheduleId} entry={entry} schedule={schedule} zone={zone} />
        ),
      )}
      {known.length > shown.length ? (
        <TextLink
          to="/schedules"
          search={(before) => ({ ...before, view: 'week' as const, day: of })}
          className="calendar-tick"
        >
          {formatCount(known.length - shown.length)} more schedules
        </TextLink>
      ) : null}
    </>
  );
}

interface EachTickProps {
  readonly entry: CalendarEntry;
  readonly schedule: ListedSchedule;
  readonly zone: string;
}

function EachTick({ entry, schedule, zone }: EachTickProps) {
  if (totalOf(entry) > entry.ticks.length) return <EntryLink entry={entry} schedule={schedule} zone={zone} />;
  return (
    <>
      {entry.ticks.map((tick) => (
        <TickLink key={tick.scheduledFor} tick={tick} schedule={schedule} zone={zone} />
      ))}
    </>
  );
}

function weekday(day: string): string {
  return new Intl.DateTimeFormat(undefined, { weekday: 'short', timeZone: 'UTC' }).format(new Date(day));
}
