import { type CampaignEvent, EVENTS } from '@outrider/shared/contract';

/** Events that are kept while nobody asks for older ones, and at most. Older ones can be read again at any time. */
const KEPT = 2_000;
const MOST_KEPT = 20_000;
/** Moments of progress that are kept. */
const SAMPLES = 1_000;

/** A moment of a running execution, as its progress events told it. */
export interface ProgressSample {
  readonly executionId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly fetched: number;
  readonly failed: number;
  readonly skipped: number;
  readonly pending: number;
  readonly discovered: number;
  readonly errors: number;
}

/** What a page knows of a campaign's events. */
export interface EventHistory {
  /** Newest first, without progress; nothing is missing between the first and the last. */
  readonly events: readonly CampaignEvent[];
  /** Oldest first. */
  readonly progress: readonly ProgressSample[];
  /** Whether there are events before the last one that is kept. */
  readonly hasOlder: boolean;
  /** Whether somebody asked for older ones, so that more are kept. */
  readonly isDeep: boolean;
}

export const NO_HISTORY: EventHistory = { events: [], progress: [], hasOlder: false, isDeep: false };

/** The history with events after it, in their order. What it has already is not added again. */
export function withNewer(before: EventHistory, events: readonly CampaignEvent[]): EventHistory {
  const newest = before.events[0]?.seq ?? 0;
  const told = events.filter(({ eventType, seq }) => eventType !== 'execution.progress' && seq > newest);
  const samples = events.flatMap(sampleOf);
  const most = before.isDeep ? MOST_KEPT : KEPT;
  const all = told.length === 0 ? before.events : [...told.reverse(), ...before.events];
  return {
    ...before,
    events: all.length > most ? all.slice(0, most) : all,
    hasOlder: before.hasOlder || all.length > most,
    progress: samples.length === 0 ? before.progress : [...before.progress, ...samples].slice(-SAMPLES),
  };
}

/** The history that keeps what it has while older events are read: one that lost its end meanwhile would have a hole. */
export function readyForOlder(before: EventHistory): EventHistory {
  return { ...before, isDeep: true };
}

/**
 * The history with the page of events before the oldest that it had when they were asked for, in their order; `isLast` when
 * there are none before those. Where it ends with another event by now, it is another campaign's or was cut: it stays as it is.
 */
export function withOlder(
  before: EventHistory,
  oldest: CampaignEvent,
  { events, isLast }: { readonly events: readonly CampaignEvent[]; readonly isLast: boolean },
): EventHistory {
  if (before.events.at(-1) !== oldest) return before;
  const older = events.filter(({ seq }) => seq < oldest.seq).reverse();
  return { ...before, events: [...before.events, ...older], hasOlder: !isLast };
}

function sampleOf({ eventType, executionId, payload, occurredAt }: CampaignEvent): ProgressSample[] {
  if (eventType !== 'execution.progress' || executionId === null) return [];
  const parsed = EVENTS['execution.progress'].payload.safeParse(payload);
  if (!parsed.success) return [];
  const { coverage, errors } = parsed.data;
  return [{ executionId, at: Date.parse(occurredAt), ...coverage, errors }];
}
