import type { CampaignEvent } from '@outrider/shared/contract';
import { callApi } from '../client/call-api.js';
import { noteFollowing, onReturn } from './connection.js';
import { isWatched, readEventStream, type StreamEnd } from './open-stream.js';

const POLL_MS = 1_000;
const POLL_LIMIT = 500;
/** A request whose answer does not come in this time has got lost. */
const ANSWER_MS = 10_000;
/** How long a platform without streams is polled before a stream is tried again. */
const POLL_FOR_MS = 20_000;
/** Pauses before a stream that ended is opened again; the last one is repeated. */
const PAUSES_MS = [250, 1_000, 1_000, 2_000, 4_000] as const;
/** A platform that answers again is left alone for so long. */
const SETTLE_MS = 250;
/** After so long without news, progress that was missed is of no use any more: only what happened is read. */
const LONG_MS = 60_000;

export interface Following {
  readonly campaignId: string;
  /** The last number that is known already. */
  readonly after: number;
  readonly onEvents: (events: readonly CampaignEvent[]) => void;
  /** The history is shorter than what was seen of it: all that is known of it is to be read anew. Nothing follows. */
  readonly onReset: () => void;
}

/**
 * Follows a campaign's events from a number on, without gaps and in order, until the returned function is called. By
 * server-sent events where the platform has them, else by asking every second; both know the number they are at, so that
 * one can take over from the other at any moment, and nothing is lost over sleep or a cut.
 */
export function followEvents(following: Following): () => void {
  const stop = new AbortController();
  follow(following, stop).catch(() => undefined);
  return () => {
    if (stop.signal.aborted) return;
    stop.abort();
    noteFollowing(null);
  };
}

async function follow(
  { campaignId, after, onEvents, onReset }: Following,
  stop: AbortController,
): Promise<void> {
  const { signal } = stop;
  let last = after;
  let failures = 0;
  let heardAt = Date.now();
  const take = (events: readonly CampaignEvent[]): void => {
    const fresh = events.filter(({ seq }) => seq > last);
    const newest = fresh.at(-1);
    heardAt = Date.now();
    if (newest === undefined || signal.aborted) return;
    last = newest.seq;
    onEvents(fresh);
  };
  const listener = {
    onEvents: take,
    onOpen: () => {
      failures = 0;
      noteFollowing('stream');
    },
    onReset: (lastSeq: number) => {
      if (lastSeq >= last || signal.aborted) return;
      stop.abort();
      onReset();
    },
  };
  while (!signal.aborted) {
    await sight(signal);
    if (signal.aborted) return;
    if (Date.now() - heardAt > LONG_MS) last = await catchUp(campaignId, last, take, signal);
    const end: StreamEnd = await readEventStream(campaignId, last, listener, signal);
    if (signal.aborted) return;
    noteFollowing(null);
    if (end === 'none') await pollFor(POLL_FOR_MS, campaignId, () => last, take, signal);
    else await pause(PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)] ?? POLL_MS, signal);
    failures += 1;
  }
}

/** Waits until somebody sees the page. */
async function sight(signal: AbortSignal): Promise<void> {
  while (!isWatched() && !signal.aborted) {
    await new Promise<void>((resolve) => {
      document.addEventListener('visibilitychange', () => resolve(), { once: true, signal });
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}

/** Reads what happened after a number, without progress. Returns the number from which on all is to be followed. */
async function catchUp(
  campaignId: string,
  after: number,
  take: (events: readonly CampaignEvent[]) => void,
  signal: AbortSignal,
): Promise<number> {
  let last = after;
  try {
    for (;;) {
      const query = { after: last, progress: false, limit: POLL_LIMIT };
      const answer = await callApi(
        'listEvents',
        { params: { id: campaignId }, query },
        { signal, timeoutMs: ANSWER_MS },
      );
      take(answer.items);
      if (answer.items.length < POLL_LIMIT) return Math.max(last, answer.lastSeq);
      last = answer.items.at(-1)?.seq ?? last;
    }
  } catch {
    // The stream then tells all of it.
    return last;
  }
}

async function pollFor(
  milliseconds: number,
  campaignId: string,
  last: () => number,
  take: (events: readonly CampaignEvent[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const until = Date.now() + milliseconds;
  while (!signal.aborted && Date.now() < until) {
    let isBehind = false;
    try {
      const query = { after: last(), limit: POLL_LIMIT };
      const { items } = await callApi(
        'listEvents',
        { params: { id: campaignId }, query },
        { signal, timeoutMs: ANSWER_MS },
      );
      if (signal.aborted) return;
      noteFollowing('poll');
      take(items);
      isBehind = items.length === POLL_LIMIT;
    } catch {
      // Said by the indicator; tried again below.
    }
    if (!isBehind) await pause(POLL_MS, signal);
  }
}

/** Waits, though hardly beyond the moment at which the platform answers again. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    function end(): void {
      window.clearTimeout(timer);
      forget();
      signal.removeEventListener('abort', end);
      resolve();
    }
    let timer = window.setTimeout(end, milliseconds);
    const forget = onReturn(() => {
      window.clearTimeout(timer);
      timer = window.setTimeout(end, Math.min(milliseconds, SETTLE_MS));
    });
    signal.addEventListener('abort', end);
  });
}
