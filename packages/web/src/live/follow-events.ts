import { API_BASE, type CampaignEvent, campaignEvent, EVENTS } from '@outrider/shared/contract';
import { callApi } from '../client/call-api.js';
import { noteAnswer, noteFollowing, noteSilence } from './connection.js';

const POLL_MS = 1_000;
const POLL_LIMIT = 500;
/** A stream that breaks is tried again by the browser; after this long it is polled for meanwhile. */
const STREAM_PATIENCE_MS = 3_000;

export interface Following {
  readonly campaignId: string;
  /** The last number that is known already. */
  readonly after: number;
  readonly onEvents: (events: readonly CampaignEvent[]) => void;
}

/**
 * Follows a campaign's events from a number on, without gaps and in order, until the returned function is called. By
 * server-sent events where the platform has them, else by asking every second; both know the number they are at, so that
 * one can take over from the other at any moment, and nothing is lost over sleep or a cut.
 */
export function followEvents({ campaignId, after, onEvents }: Following): () => void {
  let last = after;
  let stopped = false;
  let timer: number | undefined;
  let stream: EventSource | undefined;
  let isPolling = false;

  const take = (events: readonly CampaignEvent[]): void => {
    const fresh = events.filter(({ seq }) => seq > last);
    const newest = fresh.at(-1);
    if (newest === undefined) return;
    last = newest.seq;
    onEvents(fresh);
  };

  const poll = async (): Promise<void> => {
    if (stopped) return;
    let wait = POLL_MS;
    try {
      const answer = await callApi('listEvents', {
        params: { id: campaignId },
        query: { after: last, limit: POLL_LIMIT },
      });
      if (stopped) return;
      take(answer.items);
      // More are waiting: the next page at once.
      if (answer.items.length === POLL_LIMIT) wait = 0;
    } catch {
      wait = POLL_MS * 2;
    }
    timer = window.setTimeout(start, wait);
  };

  const pollOn = (): void => {
    if (stopped || isPolling) return;
    isPolling = true;
    stream?.close();
    noteFollowing('poll');
    poll().catch(() => undefined);
  };

  function start(): void {
    if (stopped) return;
    poll().catch(() => undefined);
  }

  hasStream(campaignId, last)
    .then((has) => {
      if (stopped) return;
      if (has) stream = openStream(campaignId, last, take, pollOn);
      else pollOn();
    })
    .catch(pollOn);
  return () => {
    stopped = true;
    stream?.close();
    window.clearTimeout(timer);
    noteFollowing(null);
  };
}

/** Whether the platform answers with a stream. Asked first, since a browser complains aloud of one that is none. */
async function hasStream(campaignId: string, after: number): Promise<boolean> {
  const question = new AbortController();
  try {
    const answer = await fetch(streamAddress(campaignId, after), {
      headers: { accept: 'text/event-stream' },
      signal: question.signal,
    });
    return answer.ok && answer.headers.get('content-type')?.startsWith('text/event-stream') === true;
  } finally {
    question.abort();
  }
}

function streamAddress(campaignId: string, after: number): string {
  return `${API_BASE}/campaigns/${campaignId}/events?after=${after}`;
}

/** Opens the stream; `onRefused` is called once when there is none, or it stays broken. */
function openStream(
  campaignId: string,
  after: number,
  take: (events: readonly CampaignEvent[]) => void,
  onRefused: () => void,
): EventSource {
  const source = new EventSource(streamAddress(campaignId, after));
  let giveUp: number | undefined;
  const read = (message: MessageEvent): void => {
    const parsed = campaignEvent.safeParse(parseJson(String(message.data)));
    if (parsed.success) take([parsed.data]);
  };
  source.onmessage = read;
  for (const name of Object.keys(EVENTS)) source.addEventListener(name, read);
  source.onopen = () => {
    window.clearTimeout(giveUp);
    noteAnswer();
    noteFollowing('stream');
  };
  source.onerror = () => {
    window.clearTimeout(giveUp);
    // Closed: the answer was no stream. Otherwise the browser tries again, with the last number it saw.
    if (source.readyState === EventSource.CLOSED) onRefused();
    else {
      noteSilence();
      giveUp = window.setTimeout(onRefused, STREAM_PATIENCE_MS);
    }
  };
  return source;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
