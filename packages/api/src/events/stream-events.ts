import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listEvents } from '@outrider/db';
import { type CampaignEvent, newId, OutriderError } from '@outrider/shared';
import type { Caller } from '../access/caller.js';
import type { Services } from '../app/services.js';
import { identifyAgain } from '../realtime/identify.js';
import type { Following } from './event-follower.js';
import { replayEvents } from './replay-events.js';

/** What a client wants to be told of. */
export interface StreamRequest {
  readonly campaignId: string;
  readonly executionId?: string | undefined;
  /** The last number it has seen. */
  readonly after: number;
  readonly caller: Caller;
}

/** A comment so often, so that proxies and clients see that the connection lives, in milliseconds. */
const HEARTBEAT_MS = 15_000;
/** What may wait for a client before it is cut off, in bytes; it comes back to where it was. */
const MOST_WAITING_BYTES = 512 * 1_024;
/** How long a client may take to make room while it is told what it missed, in milliseconds. */
const ROOM_LIMIT_MS = 30_000;
/** How long a client is to wait before it comes back, in milliseconds. */
const COME_BACK_MS = 1_000;

/**
 * Tells a client what happens in a campaign as server-sent events (WHATWG HTML, 9.2): first what it missed, then each
 * event as it comes. An event's `id` is its number, its `data` the same JSON as in the list. Throws `not_found` and
 * `rate_limited` before anything is sent.
 */
export async function streamEvents(
  services: Services,
  wanted: StreamRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { follower, connections } = services.realtime;
  connections.assertRoom(wanted.caller);
  const stream = new EventStream(wanted.executionId, response);
  const following = await follower.follow(wanted.campaignId, stream);
  if (following === null || following.tenantId !== wanted.caller.tenantId) {
    following?.stop();
    throw new OutriderError('not_found', 'There is no such campaign.');
  }
  if (response.destroyed) {
    following.stop();
    return;
  }
  const forget = register(services, wanted, { request, stream });
  response.once('close', () => {
    stream.end();
    following.stop();
    forget();
  });
  stream.open();
  if (request.method === 'HEAD') stream.end();
  await replay(services, wanted, following, stream);
}

/** Counts a stream among the live connections and the viewers; returns how to end that. */
function register(
  { authenticator, realtime }: Services,
  { caller, campaignId, executionId }: StreamRequest,
  { request, stream }: { request: IncomingMessage; stream: EventStream },
): () => void {
  const remoteAddress = request.socket.remoteAddress ?? 'unknown';
  const credentials = { headers: request.headers, remoteAddress };
  const leave = realtime.connections.add({
    caller,
    transport: 'sse',
    identify: () => identifyAgain(authenticator, credentials, caller),
    isSlow: () => stream.isSlow(),
    cut: () => stream.end(),
  });
  const goAway = realtime.presence.add({
    id: newId(),
    tenantId: caller.tenantId,
    campaignId,
    executionId: executionId ?? null,
    apiKeyId: caller.keyId,
    viewerName: caller.keyName,
    transport: 'sse',
  });
  return () => {
    leave();
    goAway();
  };
}

async function replay(
  { database, logger }: Services,
  wanted: StreamRequest,
  following: Following,
  stream: EventStream,
): Promise<void> {
  const { campaignId, executionId, caller } = wanted;
  // Somebody who has seen more than there is saw a history that was put back since.
  if (wanted.after > following.head) stream.reset(following.head);
  try {
    await replayEvents(
      {
        following,
        after: Math.min(wanted.after, following.head),
        executionId,
        read: (range) =>
          database.withTenant(
            caller.tenantId,
            async (tx) => (await listEvents(tx, { campaignId, executionId, ...range })).items,
            { readOnly: true },
          ),
        give: (events) => stream.give(events),
        signal: stream.ended,
      },
      () => stream.join(),
    );
  } catch (err) {
    if (!stream.ended.aborted) logger.warn({ err, campaignId }, 'a stream of events ended');
    stream.end();
  }
}

/** The text of an event; made once for all streams. */
const frames = new WeakMap<CampaignEvent, string>();

function frameOf(event: CampaignEvent): string {
  const known = frames.get(event);
  if (known !== undefined) return known;
  const frame = `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`;
  frames.set(event, frame);
  return frame;
}

/** What streams are told of a reading, by execution (empty: all). */
const texts = new WeakMap<readonly CampaignEvent[], Map<string, Buffer>>();

/**
 * The bytes of what was read at once, made once for all streams: those that wait for slow clients share them too. Empty
 * where nothing is of that execution.
 */
function bytesOf(events: readonly CampaignEvent[], executionId: string | undefined): Buffer {
  const ofReading = texts.get(events) ?? new Map<string, Buffer>();
  texts.set(events, ofReading);
  const known = ofReading.get(executionId ?? '');
  if (known !== undefined) return known;
  const own = events.filter((event) => executionId === undefined || event.executionId === executionId);
  const bytes = Buffer.from(own.map(frameOf).join(''));
  ofReading.set(executionId ?? '', bytes);
  return bytes;
}

class EventStream {
  readonly #executionId: string | undefined;
  readonly #response: ServerResponse;
  readonly #end = new AbortController();
  #heartbeat: NodeJS.Timeout | undefined;
  #hasJoined = false;

  constructor(executionId: string | undefined, response: ServerResponse) {
    this.#executionId = executionId;
    this.#response = response;
  }

  get ended(): AbortSignal {
    return this.#end.signal;
  }

  open(): void {
    this.#response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      // nginx would keep it back else.
      'X-Accel-Buffering': 'no',
    });
    this.#response.write(`retry: ${COME_BACK_MS}\n\n`);
    this.#heartbeat = setInterval(() => this.#response.write(':\n\n'), HEARTBEAT_MS).unref();
  }

  /** From here on it is told what happens. */
  join(): void {
    this.#hasJoined = true;
  }

  /** Whether too much waits for it. While it is told what it missed it takes its time, see `give`. */
  isSlow(): boolean {
    return this.#hasJoined && this.#response.writableLength > MOST_WAITING_BYTES;
  }

  /** Tells that the history is shorter than the client knew. */
  reset(lastSeq: number): void {
    this.#response.write(`event: reset\nid: ${lastSeq}\ndata: ${JSON.stringify({ lastSeq })}\n\n`);
  }

  onEvents(events: readonly CampaignEvent[]): void {
    if (!this.#hasJoined || this.ended.aborted) return;
    const bytes = bytesOf(events, this.#executionId);
    if (bytes.length > 0) this.#response.write(bytes);
  }

  onEnd(): void {
    this.end();
  }

  /** Sends events, and waits until the client has made room. */
  async give(events: readonly CampaignEvent[]): Promise<void> {
    if (this.#response.write(events.map(frameOf).join(''))) return;
    const signal = AbortSignal.any([this.ended, AbortSignal.timeout(ROOM_LIMIT_MS)]);
    await once(this.#response, 'drain', { signal }).catch(() => this.end());
  }

  end(): void {
    if (this.ended.aborted) return;
    clearInterval(this.#heartbeat);
    this.#end.abort();
    if (this.#response.writableLength > 0) this.#response.destroy();
    else this.#response.end();
  }
}
