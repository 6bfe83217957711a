import { once } from 'node:events';
import { listEvents } from '@outrider/db';
import {
  type CutReason,
  type ErrorCode,
  type EventsMessage,
  newId,
  OutriderError,
  type SocketRefusal,
  type SubscribeAnswer,
  subscribeMessage,
  type UnsubscribeAnswer,
  unsubscribeMessage,
} from '@outrider/shared';
import type { Caller } from '../access/caller.js';
import type { Services } from '../app/services.js';
import { replayEvents } from '../events/replay-events.js';
import { toOutriderError } from '../problems/problem.js';
import { validationError } from '../problems/validation-error.js';
import { type CampaignRooms, campaignRoom, executionRoom, tenantRoom } from './campaign-rooms.js';
import type { LiveSocket } from './live-socket.js';
import type { TenantRooms } from './tenant-rooms.js';

/** What sessions share. */
export interface SessionDeps {
  readonly services: Pick<Services, 'database' | 'realtime' | 'logger'>;
  readonly rooms: CampaignRooms;
  readonly tenants: TenantRooms;
}

/** What one socket may follow at a time. */
const MOST_SUBSCRIPTIONS = 50;
/** Messages that may wait for a client before it is cut off; it comes back to where it was. */
const MOST_WAITING_MESSAGES = 100;
const MOST_WAITING_BYTES = 1_048_576;
/** How long a client may take to make room while it is told what it missed, in milliseconds. */
const ROOM_LIMIT_MS = 30_000;

interface Subscription {
  readonly campaignId: string;
  readonly executionId: string | undefined;
  readonly room: string;
}

/** What one client follows over its socket. */
export class SocketSession {
  readonly #socket: LiveSocket;
  readonly #caller: Caller;
  readonly #deps: SessionDeps;
  /** How each subscription ends, by its room. */
  readonly #subscriptions = new Map<string, () => void>();

  constructor(socket: LiveSocket, caller: Caller, deps: SessionDeps) {
    this.#socket = socket;
    this.#caller = caller;
    this.#deps = deps;
  }

  isSlow(): boolean {
    const waiting: readonly { readonly data?: unknown }[] = this.#socket.conn['writeBuffer'];
    if (waiting.length === 0) return false;
    if (waiting.length > MOST_WAITING_MESSAGES) return true;
    const bytes = waiting.reduce<number>(
      (sum, { data }) => sum + (typeof data === 'string' ? data.length : 0),
      0,
    );
    return bytes > MOST_WAITING_BYTES;
  }

  cut(reason: CutReason): void {
    // What waits for a slow client would have to be read before it hears of its end.
    if (reason === 'too_slow') {
      this.#socket.conn.request.socket.destroy();
      return;
    }
    this.#socket.emit('cut', { reason });
    this.#socket.disconnect(true);
  }

  /** Ends all that it follows. */
  close(): void {
    for (const end of [...this.#subscriptions.values()]) end();
  }

  /** Never rejects: what is wrong is in the answer. The events follow the answer. */
  async subscribe(message: unknown, answer: (answer: SubscribeAnswer) => void): Promise<void> {
    try {
      const parsed = subscribeMessage.safeParse(message);
      if (!parsed.success) throw validationError(subscribeMessage, parsed.error.issues, 'body');
      const wanted = parsed.data;
      if ('tenant' in wanted) await this.#followTenant(answer);
      else await this.#followCampaign(wanted, answer);
    } catch (error) {
      answer(this.#refusalOf(error));
    }
  }

  unsubscribe(message: unknown, answer: (answer: UnsubscribeAnswer) => void): void {
    const parsed = unsubscribeMessage.safeParse(message);
    if (!parsed.success) {
      answer(this.#refusalOf(validationError(unsubscribeMessage, parsed.error.issues, 'body')));
      return;
    }
    this.#subscriptions.get(roomOf(parsed.data, this.#caller))?.();
    answer({ ok: true });
  }

  #refusalOf(error: unknown): SocketRefusal {
    const { code, message: detail, status } = toOutriderError(error);
    if (status >= 500) this.#deps.services.logger.error({ err: error }, 'a subscription failed');
    return { ok: false, code, detail };
  }

  /** Takes the place of a subscription before anything is waited for. */
  #reserve(room: string, end: () => void): void {
    if (this.#subscriptions.has(room)) throw refused('bad_request', 'You follow this already.');
    if (this.#subscriptions.size >= MOST_SUBSCRIPTIONS) {
      throw refused('limit_exceeded', `One socket may follow ${MOST_SUBSCRIPTIONS} things at a time.`);
    }
    this.#subscriptions.set(room, end);
  }

  async #followCampaign(
    wanted: { campaignId: string; executionId?: string | undefined; after?: number | undefined },
    answer: (answer: SubscribeAnswer) => void,
  ): Promise<void> {
    const { campaignId, executionId, after } = wanted;
    const room = roomOf(wanted, this.#caller);
    const stop = new AbortController();
    const undo: (() => void)[] = [];
    const end = (): void => {
      stop.abort();
      this.#subscriptions.delete(room);
      void this.#socket.leave(room);
      for (const step of undo.splice(0)) step();
    };
    this.#reserve(room, end);
    try {
      const onEnd = (): void => {
        end();
        this.#socket.emit('ended', { campaignId });
      };
      const open = await this.#deps.rooms.enter(campaignId, { onEnd });
      if (open !== null) undo.push(() => open.leave());
      if (open === null || open.tenantId !== this.#caller.tenantId) {
        throw refused('not_found', 'There is no such campaign.');
      }
      if (stop.signal.aborted) {
        open.leave();
        return;
      }
      undo.push(this.#announce(campaignId, executionId ?? null));
      const from = Math.min(after ?? open.head, open.head);
      answer({ ok: true, from });
      this.#replay({ campaignId, executionId, room }, open, from, stop.signal).catch((err: unknown) => {
        if (!stop.signal.aborted) this.#giveUp(err, onEnd);
      });
    } catch (error) {
      end();
      throw error;
    }
  }

  /** A client that was not told what it missed has lost its place: it must not believe that it follows. */
  #giveUp(err: unknown, end: () => void): void {
    const { realtime, logger } = this.#deps.services;
    if (err instanceof Error && err.name === 'AbortError') {
      realtime.connections.cut({ cut: (reason) => this.cut(reason) }, 'too_slow');
      return;
    }
    logger.warn({ err }, 'a subscription ended');
    end();
  }

  async #replay(
    { campaignId, executionId, room }: Subscription,
    following: Parameters<typeof replayEvents>[0]['following'],
    after: number,
    signal: AbortSignal,
  ): Promise<void> {
    const about =
      executionId === undefined ? { room: 'campaign' as const } : { room: 'execution' as const, executionId };
    const { database } = this.#deps.services;
    await replayEvents(
      {
        following,
        after,
        executionId,
        signal,
        read: (range) =>
          database.withTenant(
            this.#caller.tenantId,
            async (tx) => (await listEvents(tx, { campaignId, executionId, ...range })).items,
            { readOnly: true },
          ),
        give: (events) =>
          this.#give({ ...about, campaignId, events, lastSeq: events.at(-1)?.seq ?? after }, signal),
      },
      // Within this process a room is joined at once, so in the very step in which nothing is missing.
      () => void this.#socket.join(room),
    );
  }

  /** Sends events, and waits until the client has made room for more. */
  async #give(message: EventsMessage, signal: AbortSignal): Promise<void> {
    this.#socket.emit('events', message);
    if (waitingMessages(this.#socket) === 0) return;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ROOM_LIMIT_MS)]);
    await once(this.#socket.conn, 'drain', { signal: limit });
  }

  async #followTenant(answer: (answer: SubscribeAnswer) => void): Promise<void> {
    const { tenantId } = this.#caller;
    const room = tenantRoom(tenantId);
    const undo: (() => void)[] = [];
    const end = (): void => {
      this.#subscriptions.delete(room);
      void this.#socket.leave(room);
      for (const step of undo.splice(0)) step();
    };
    this.#reserve(room, end);
    try {
      const leave = await this.#deps.tenants.enter(tenantId);
      undo.push(leave);
      if (!this.#subscriptions.has(room)) {
        end();
        return;
      }
      undo.push(this.#announce(null, null));
      void this.#socket.join(room);
      answer({ ok: true, from: 0 });
    } catch (error) {
      end();
      throw error;
    }
  }

  /** Lets others see who follows. */
  #announce(campaignId: string | null, executionId: string | null): () => void {
    const { tenantId, keyId, keyName } = this.#caller;
    return this.#deps.services.realtime.presence.add({
      id: newId(),
      ...{ tenantId, campaignId, executionId, apiKeyId: keyId, viewerName: keyName },
      transport: 'socket',
    });
  }
}

function roomOf(
  wanted: { tenant: true } | { campaignId: string; executionId?: string | undefined },
  { tenantId }: Caller,
): string {
  if ('tenant' in wanted) return tenantRoom(tenantId);
  return wanted.executionId === undefined
    ? campaignRoom(wanted.campaignId)
    : executionRoom(wanted.executionId);
}

/** Messages that the transport has not taken yet, since those before them are not on their way. */
function waitingMessages(socket: LiveSocket): number {
  // The driver has no public word for it.
  return socket.conn['writeBuffer'].length;
}

function refused(code: ErrorCode, detail: string): OutriderError {
  return new OutriderError(code, detail);
}
