import { type CutReason, OutriderError } from '@outrider/shared';
import type { Logger, Metrics } from '@outrider/telemetry';
import type { Caller } from '../access/caller.js';
import { RateLimitError } from '../problems/rate-limit-error.js';

/** A client that stays connected and is told what happens. */
export interface LiveConnection {
  readonly caller: Caller;
  readonly transport: 'sse' | 'socket';
  /** Asks anew who it is; throws `unauthenticated` when what it came with is not valid any more. */
  identify(): Promise<Caller>;
  /** Whether more waits for it than is kept for one client. */
  isSlow(): boolean;
  /** Ends it. */
  cut(reason: CutReason): void;
}

export interface LiveConnectionsOptions {
  readonly metrics: Metrics<'api'>;
  readonly logger: Logger;
  /**
   * How often everybody is asked anew who they are, in milliseconds. With the half minute for which the answer on a key
   * is remembered, whose key is revoked in another process is cut off within a minute.
   */
  readonly recheckMs?: number;
  readonly mostPerKey?: number;
  readonly mostInAll?: number;
}

const RECHECK_MS = 20_000;
const MOST_PER_KEY = 1_000;
const MOST_IN_ALL = 8_000;
const SLOW_CHECK_MS = 250;

/** All clients of this process that stay connected: how many there may be, and when they are cut off. */
export class LiveConnections {
  readonly #options: LiveConnectionsOptions;
  readonly #byKey = new Map<string, Set<LiveConnection>>();
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #cut = new WeakSet<Pick<LiveConnection, 'cut'>>();
  /** Those that were slow when it was last looked. */
  #slow = new Set<LiveConnection>();
  #size = 0;
  #isRechecking = false;

  constructor(options: LiveConnectionsOptions) {
    this.#options = options;
    this.#timers = [
      setInterval(() => this.#cutSlow(), SLOW_CHECK_MS).unref(),
      setInterval(() => void this.#recheckAll(), options.recheckMs ?? RECHECK_MS).unref(),
    ];
  }

  /** Throws `rate_limited` when there are too many already: of the key, or in all. */
  assertRoom(caller: Caller): void {
    const { mostPerKey = MOST_PER_KEY, mostInAll = MOST_IN_ALL } = this.#options;
    const ofKey = this.#byKey.get(caller.keyId)?.size ?? 0;
    if (ofKey < mostPerKey && this.#size < mostInAll) return;
    throw new RateLimitError('Too many live connections are open with this key or to this process.', 5);
  }

  /** Counts a client in; returns how to count it out again. Throws as `assertRoom` does. */
  add(connection: LiveConnection): () => void {
    this.assertRoom(connection.caller);
    const { keyId } = connection.caller;
    const ofKey = this.#byKey.get(keyId) ?? new Set<LiveConnection>();
    this.#byKey.set(keyId, ofKey.add(connection));
    this.#count(connection, 1);
    return () => {
      if (!ofKey.delete(connection)) return;
      if (ofKey.size === 0 && this.#byKey.get(keyId) === ofKey) this.#byKey.delete(keyId);
      this.#count(connection, -1);
    };
  }

  /** Cuts off everybody who came with a key that was revoked here. */
  keyRevoked(keyId: string): void {
    this.#endAccess([...(this.#byKey.get(keyId) ?? [])]);
  }

  #endAccess(connections: readonly LiveConnection[]): void {
    for (const connection of connections) this.cut(connection, 'access_ended');
  }

  /** Ends a connection; only the first time counts. */
  cut(connection: Pick<LiveConnection, 'cut'>, reason: CutReason): void {
    if (this.#cut.has(connection)) return;
    this.#cut.add(connection);
    this.#options.metrics.increment('outrider_live_cuts_total', { reason });
    connection.cut(reason);
  }

  /** Ends all of them. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const connection of this.#all()) connection.cut('stopping');
  }

  #all(): LiveConnection[] {
    return [...this.#byKey.values()].flatMap((ofKey) => [...ofKey]);
  }

  #count({ transport }: LiveConnection, by: number): void {
    this.#size += by;
    this.#open[transport] += by;
    this.#options.metrics.set('outrider_live_connections', { transport }, this.#open[transport]);
  }

  readonly #open = { sse: 0, socket: 0 };

  /** Slow is who is slow twice in a row: a large message takes a moment to leave, also to a client that reads. */
  #cutSlow(): void {
    const slow = new Set<LiveConnection>();
    for (const ofKey of this.#byKey.values()) {
      for (const connection of ofKey) if (connection.isSlow()) slow.add(connection);
    }
    for (const connection of slow) if (this.#slow.has(connection)) this.cut(connection, 'too_slow');
    this.#slow = slow;
  }

  /** One question per key and per session of it. When it cannot be answered now, it is asked again next time. */
  async #recheckAll(): Promise<void> {
    if (this.#isRechecking) return;
    this.#isRechecking = true;
    for (const same of [...this.#byKey.values()].flatMap(bySession)) {
      const [one] = same;
      if (one === undefined) continue;
      const { keyId } = one.caller;
      try {
        const caller = await one.identify();
        if (caller.keyId !== keyId) this.#endAccess(same);
      } catch (err) {
        if (err instanceof OutriderError && err.code === 'unauthenticated') this.#endAccess(same);
        else this.#options.logger.warn({ err, keyId }, 'a live connection could not be checked again');
      }
    }
    this.#isRechecking = false;
  }
}

/** A key's connections, those of each session and those that came with the key itself apart: a session can end before its key. */
function bySession(ofKey: ReadonlySet<LiveConnection>): LiveConnection[][] {
  const groups = new Map<string | undefined, LiveConnection[]>();
  for (const connection of ofKey) {
    const { sessionId } = connection.caller;
    groups.set(sessionId, [...(groups.get(sessionId) ?? []), connection]);
  }
  return [...groups.values()];
}
