import { Button, Group, Select, Stack, Text, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { ListedSchedule } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { routeQuery } from '../client/queries.js';
import { inWords } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { EmptyNote, Shown } from '../display/notes.js';
import { lookOf } from '../display/state-badge.js';
import { CalendarAgenda } from './calendar-agenda.js';
import type { CalendarContent } from './calendar-content.js';
import { type CalendarView, dayIn, nameOf, shownDays, stepped } from './calendar-days.js';
import { CalendarGrid } from './calendar-grid.js';

const REFRESH_MS = 30_000;
/** Narrower than this the days stand under each other. */
const NARROW = '(max-width: 48em)';

interface ScheduleCalendarProps {
  readonly view: CalendarView;
  readonly day: string | undefined;
  readonly zone: string | undefined;
  readonly onChange: (wanted: { day?: string; zone?: string }) => void;
}

/** The ticks of all schedules by days: what became of those that were, and when the next are planned. */
export function ScheduleCalendar(props: ScheduleCalendarProps) {
  const { view, onChange } = props;
  const zone = props.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = dayIn(zone, Date.now());
  const day = props.day ?? today;
  const days = shownDays(view, day);
  const query = useQuery({
    ...routeQuery('readCalendar', {
      query: { from: days[0] ?? day, to: days.at(-1) ?? day, timeZone: zone },
    }),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Stack>
      <Steering {...{ view, day, today, zone, onChange }} schedules={query.data?.schedules ?? []} />
      <Shown query={query}>
        {({ schedules, entries, hasMoreSchedules, cutSchedules }) =>
          schedules.length === 0 ? (
            <EmptyNote title="There is no schedule yet">
              A schedule belongs to a campaign: choose one under{' '}
              <TextLink to="/campaigns">Campaigns</TextLink> and set when it starts by itself.
            </EmptyNote>
          ) : (
            <>
              <Days
                view={view}
                day={day}
                today={today}
                zone={zone}
                days={days}
                entries={entries}
                schedules={schedules}
              />
              <Legend />
              {hasMoreSchedules || cutSchedules.length > 0 ? (
                <Text size="sm" c="dimmed">
                  {hasMoreSchedules ? `The oldest ${schedules.length} schedules are shown. ` : ''}
                  {cutSchedules.length > 0
                    ? `Too many ticks to be shown whole: ${namesOf(schedules, cutSchedules)}.`
                    : ''}
                </Text>
              ) : null}
            </>
          )
        }
      </Shown>
    </Stack>
  );
}

interface SteeringProps extends Pick<CalendarContent, 'view' | 'day' | 'today' | 'zone' | 'schedules'> {
  readonly onChange: ScheduleCalendarProps['onChange'];
}

/** Which days are shown, and by whose clocks. */
function Steering({ view, day, today, zone, schedules, onChange }: SteeringProps) {
  return (
    <Group gap="sm" justify="space-between">
      <Group gap="xs">
        <Button
          variant="default"
          aria-label="Earlier"
          onClick={() => onChange({ day: stepped(view, day, -1) })}
        >
          ‹
        </Button>
        <Button variant="default" onClick={() => onChange({ day: today })}>
          Today
        </Button>
        <Button variant="default" aria-label="Later" onClick={() => onChange({ day: stepped(view, day, 1) })}>
          ›
        </Button>
        <Title order={2} aria-live="polite">
          {nameOf(view, day)}
        </Title>
      </Group>
      <ZoneChoice zone={zone} schedules={schedules} onChange={(to) => onChange({ zone: to })} />
    </Group>
  );
}

function Days(props: CalendarContent) {
  const isNarrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false });
  return isNarrow === true ? <CalendarAgenda {...props} /> : <CalendarGrid {...props} />;
}

function namesOf(schedules: readonly ListedSchedule[], ids: readonly string[]): string {
  return schedules
    .filter(({ id }) => ids.includes(id))
    .map(({ name }) => name)
    .join(', ');
}

interface ZoneChoiceProps {
  readonly zone: string;
  readonly schedules: readonly ListedSchedule[];
  readonly onChange: (zone: string) => void;
}

/** Whose clocks the days go by: the reader's, UTC, or those of a schedule. */
function ZoneChoice({ zone, schedules, onChange }: ZoneChoiceProps) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = [...new Set([own, 'UTC', zone, ...schedules.map(({ timeZone }) => timeZone)])];
  return (
    <Select
      aria-label="Time zone of the calendar"
      data={zones.map((name) => ({ value: name, label: name === own ? `${name} (yours)` : name }))}
      value={zone}
      onChange={(value) => onChange(value ?? zone)}
      allowDeselect={false}
      w={210}
    />
  );
}

const SIGNS = ['planned', 'to_be_skipped', 'started', 'buffered', 'skipped', 'missed', 'failed'] as const;

function Legend() {
  return (
    <Group gap="md" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
      {SIGNS.map((outcome) => {
        const { color, mark } = lookOf(outcome);
        return (
          <Text key={outcome} component="li" size="sm">
            <span aria-hidden="true" style={{ color: `var(--mantine-color-${color}-light-color)` }}>
              {mark}{' '}
            </span>
            {inWords(outcome)}
          </Text>
        );
      })}
    </Group>
  );
}
