import { Tooltip } from '@mantine/core';
import {
  type CalendarEntry,
  type CalendarTick,
  type ListedSchedule,
  TICK_REASONS,
} from '@outrider/shared/contract';
import { formatCount, inWords } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { lookOf } from '../display/state-badge.js';

/** A moment (ISO 8601) as the clocks of a zone show it: `03:00`. */
function timeIn(zone: string, at: string): string {
  return new Intl.DateTimeFormat(undefined, {
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone },
  }).format(new Date(at));
}

/** How a tick went, in the word of what looks worst about it: an execution that failed was started all the same. */
function stateOf({ outcome, executionStatus }: CalendarTick): string {
  return outcome === 'started' && executionStatus === 'failed' ? 'failed' : outcome;
}

interface TickLinkProps {
  readonly tick: CalendarTick;
  readonly schedule: ListedSchedule;
  readonly zone: string;
}

/** One tick: its sign, its time, its schedule. It leads to its execution, and where there is none to the ledger that says why. */
export function TickLink({ tick, schedule, zone }: TickLinkProps) {
  const { scheduledFor, reason, detail, executionId, executionStatus } = tick;
  const { name, campaignName } = schedule;
  const state = stateOf(tick);
  const time = timeIn(zone, scheduledFor);
  const why = [
    inWords(state),
    ...(reason === null ? [] : [TICK_REASONS[reason]]),
    ...(detail === null ? [] : [detail]),
    ...(executionStatus === null ? [] : [`execution ${inWords(executionStatus)}`]),
  ].join(', ');
  const shown = (
    <>
      <Sign state={state} /> {time} {name}
    </>
  );
  const label = `${time} ${name} of ${campaignName}: ${why}`;
  return (
    <Tooltip label={`${campaignName}: ${why}`} multiline maw={360}>
      {executionId === null ? (
        <TextLink
          to="/schedules/$id"
          params={{ id: schedule.id }}
          className="calendar-tick"
          aria-label={label}
        >
          {shown}
        </TextLink>
      ) : (
        <TextLink
          to="/executions/$id"
          params={{ id: executionId }}
          className="calendar-tick"
          aria-label={label}
        >
          {shown}
        </TextLink>
      )}
    </Tooltip>
  );
}

interface EntryLinkProps {
  readonly entry: CalendarEntry;
  readonly schedule: ListedSchedule;
  readonly zone: string;
}

/** All ticks of a schedule on a day, as one: how many, and how many of each outcome. */
export function EntryLink({ entry, schedule, zone }: EntryLinkProps) {
  const { counts, ticks } = entry;
  const [first] = ticks;
  const total = totalOf(entry);
  if (first === undefined) return null;
  if (total === 1) return <TickLink tick={first} schedule={schedule} zone={zone} />;
  const words = Object.entries(counts)
    .map(([outcome, count]) => `${formatCount(count)} ${inWords(outcome)}`)
    .join(', ');
  return (
    <Tooltip label={`${schedule.campaignName}: ${words}`} multiline maw={360}>
      <TextLink
        to="/schedules/$id"
        params={{ id: schedule.id }}
        className="calendar-tick"
        aria-label={`${formatCount(total)}× ${schedule.name} of ${schedule.campaignName}: ${words}`}
      >
        <Sign state={worstOf(counts)} /> {formatCount(total)}× {schedule.name}
      </TextLink>
    </Tooltip>
  );
}

/** Ticks of an entry, listed or not. */
export function totalOf({ counts }: CalendarEntry): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Of several outcomes the one that somebody should look at. */
function worstOf(counts: CalendarEntry['counts']): string {
  const order = [
    'failed',
    'missed',
    'skipped_deleted',
    'skipped_overlap',
    'skipped_blackout',
    'skipped_paused',
  ];
  const [worst] = [...order, 'buffered', 'started'].filter((outcome) => (counts[outcome] ?? 0) > 0);
  if (worst !== undefined) return worst;
  return (counts['planned'] ?? 0) > 0 ? 'planned' : 'to_be_skipped';
}

function Sign({ state }: { readonly state: string }) {
  const { color, mark } = lookOf(state);
  return (
    <span aria-hidden="true" style={{ color: `var(--mantine-color-${color}-light-color)` }}>
      {mark}
    </span>
  );
}
