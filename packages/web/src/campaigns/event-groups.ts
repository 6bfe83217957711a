import type { CampaignEvent } from '@outrider/shared/contract';
import { eventSentence } from './event-sentence.js';

/** Kinds of events, by the first part of their names. */
export const EVENT_GROUPS = [
  'execution',
  'lane',
  'worker',
  'schedule',
  'host',
  'scope',
  'url',
  'campaign',
] as const;
export type EventGroup = (typeof EVENT_GROUPS)[number];

/** How much an event asks to be looked at, from least to most. */
export const EVENT_LEVELS = ['detail', 'info', 'warning', 'error'] as const;
export type EventLevel = (typeof EVENT_LEVELS)[number];

const LEVELS: Readonly<Record<string, EventLevel>> = {
  'lane.leased': 'detail',
  'lane.released': 'detail',
  'lane.redispatched': 'detail',
  'lane.lost': 'warning',
  'worker.lost': 'warning',
  'host.frozen': 'warning',
  'schedule.ticks_missed': 'warning',
  'execution.error_burst': 'warning',
  'execution.stalled': 'error',
  'url.quarantined': 'error',
};

/** The level of an event. An end is as grave as the state that it led to. */
export function levelOf({ eventType, payload }: Pick<CampaignEvent, 'eventType' | 'payload'>): EventLevel {
  if (eventType === 'execution.ended' && isObject(payload) && payload['to'] === 'failed') return 'error';
  return LEVELS[eventType] ?? 'info';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export interface EventChoice {
  readonly group: EventGroup | null;
  /** This level and those above it. */
  readonly level: EventLevel;
}

/** The events that somebody wants to see. */
export function chosenEvents(
  events: readonly CampaignEvent[],
  { group, level }: EventChoice,
): readonly CampaignEvent[] {
  if (group === null && level === 'detail') return events;
  const least = EVENT_LEVELS.indexOf(level);
  return events.filter(
    (event) =>
      (group === null || event.eventType.startsWith(`${group}.`)) &&
      EVENT_LEVELS.indexOf(levelOf(event)) >= least,
  );
}

export interface EventRun {
  /** The newest of them. */
  readonly first: CampaignEvent;
  /** The others, newest first. */
  readonly rest: readonly CampaignEvent[];
  /** Whether all are told in the same words. */
  readonly isSame: boolean;
}

/** From so many events of a kind within a second, they are one line. */
const FAST = 4;

/**
 * Events, newest first, as lines: what repeats itself in the same words is one line, and so are events of one kind of which
 * four or more came in a second of the clock. None is left out: a line has all its events.
 */
export function inRuns(events: readonly CampaignEvent[]): readonly EventRun[] {
  return bursts(events).flatMap((burst) => (burst.length < FAST ? sameWords(burst) : [runOf(burst)]));
}

function runOf(events: readonly CampaignEvent[]): EventRun {
  const [first, ...rest] = events;
  if (first === undefined) throw new Error('a line without an event');
  const words = eventSentence(first);
  return { first, rest, isSame: rest.every((event) => eventSentence(event) === words) };
}

/** Neighbours of one kind, of one second of the clock; the same words are together however slow. */
function bursts(events: readonly CampaignEvent[]): CampaignEvent[][] {
  const found: CampaignEvent[][] = [];
  let before: CampaignEvent | undefined;
  for (const event of events) {
    const last = found.at(-1);
    if (last !== undefined && before !== undefined && belongs(event, before)) last.push(event);
    else found.push([event]);
    before = event;
  }
  return found;
}

function belongs(event: CampaignEvent, before: CampaignEvent): boolean {
  if (event.eventType !== before.eventType) return false;
  // Both are ISO 8601 in UTC: within a second of the clock they begin alike.
  const isClose = event.occurredAt.slice(0, 19) === before.occurredAt.slice(0, 19);
  return isClose || eventSentence(event) === eventSentence(before);
}

function sameWords(events: readonly CampaignEvent[]): EventRun[] {
  const found: CampaignEvent[][] = [];
  for (const event of events) {
    const last = found.at(-1);
    if (last?.[0] !== undefined && eventSentence(last[0]) === eventSentence(event)) last.push(event);
    else found.push([event]);
  }
  return found.map(runOf);
}
