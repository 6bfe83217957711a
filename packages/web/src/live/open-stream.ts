import { API_BASE, type CampaignEvent, campaignEvent } from '@outrider/shared/contract';
import { noteAnswer, noteSilence, onReturn } from './connection.js';
import { notificationState } from './notifications.js';
import { createStreamReader, type StreamMessage } from './read-stream.js';

/** The platform sends a comment every 15 seconds: when two are missing, the connection is dead, whatever the socket says. */
const SILENCE_MS = 35_000;
/** The first bytes come with the headers; a proxy that keeps them back is no stream. */
const FIRST_BYTES_MS = 5_000;
const LOOK_MS = 1_000;
/** A browser holds few connections to one host: a window that nobody has seen for so long gives its own back. */
const HIDDEN_MS = 60_000;

export interface StreamListener {
  readonly onOpen: () => void;
  readonly onEvents: (events: readonly CampaignEvent[]) => void;
  /** The history was put back, and ends with this number now. */
  readonly onReset: (lastSeq: number) => void;
}

/** How a stream ended: it was there and broke; there was no answer; or the answer was none. */
export type StreamEnd = 'broken' | 'unreachable' | 'none';

/**
 * Reads a campaign's events as they happen until the stream ends or the signal does. `fetch` rather than `EventSource`: that
 * hides the comments by which one sees that a connection lives, and tells of each event by itself.
 */
export async function readEventStream(
  campaignId: string,
  after: number,
  listener: StreamListener,
  signal: AbortSignal,
): Promise<StreamEnd> {
  const cut = new AbortController();
  const life = watchLife(() => cut.abort());
  let isOpen = false;
  try {
    const answer = await fetch(`${API_BASE}/campaigns/${campaignId}/events?after=${after}`, {
      headers: { accept: 'text/event-stream' },
      signal: AbortSignal.any([signal, cut.signal]),
      credentials: 'same-origin',
      cache: 'no-store',
    });
    noteAnswer();
    if (!isStream(answer) || answer.body === null) {
      await answer.body?.cancel();
      return 'none';
    }
    const read = createStreamReader();
    for await (const piece of textOf(answer.body)) {
      life.heard();
      noteAnswer();
      if (!isOpen) listener.onOpen();
      isOpen = true;
      deliver(read(piece), listener);
    }
  } catch {
    // Cut, refused, or this page has gone on: what follows says which.
  } finally {
    life.end();
  }
  if (signal.aborted) return 'broken';
  if (isWatched()) noteSilence();
  return isOpen ? 'broken' : cut.signal.aborted ? 'none' : 'unreachable';
}

/** Whether somebody sees the page, or has asked to be called when something happens. */
export function isWatched(): boolean {
  return !document.hidden || notificationState() === 'on';
}

function isStream(answer: Response): boolean {
  return answer.ok && answer.headers.get('content-type')?.startsWith('text/event-stream') === true;
}

async function* textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield decoder.decode(value, { stream: true });
  }
}

function deliver(messages: readonly StreamMessage[], { onEvents, onReset }: StreamListener): void {
  const events: CampaignEvent[] = [];
  for (const { event, data } of messages) {
    const value = parseJson(data);
    if (event === 'reset') onReset(lastSeqOf(value));
    else {
      const parsed = campaignEvent.safeParse(value);
      if (parsed.success) events.push(parsed.data);
    }
  }
  if (events.length > 0) onEvents(events);
}

function lastSeqOf(value: unknown): number {
  const isNamed = typeof value === 'object' && value !== null && 'lastSeq' in value;
  return isNamed ? Number(value.lastSeq) : 0;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Calls `onDead` when a connection has been silent for too long, which is seen at once after a sleep or a cut, and when nobody
 * has watched for long.
 */
function watchLife(onDead: () => void): { readonly heard: () => void; readonly end: () => void } {
  let last = Date.now();
  let limit = FIRST_BYTES_MS;
  let watchedAt = Date.now();
  const timer = window.setInterval(() => {
    const now = Date.now();
    if (isWatched()) watchedAt = now;
    if (now - last > limit || now - watchedAt > HIDDEN_MS) onDead();
  }, LOOK_MS);
  const forget = onReturn((silentSince) => {
    if (last < silentSince) onDead();
  });
  return {
    heard: () => {
      last = Date.now();
      limit = SILENCE_MS;
    },
    end: () => {
      window.clearInterval(timer);
      forget();
    },
  };
}
