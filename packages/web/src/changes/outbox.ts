import type { RouteName } from '@outrider/shared/contract';
import { ApiProblem, isPassing } from '../client/api-problem.js';
import { type ApiRequest, callApi } from '../client/call-api.js';
import type { ChangeStore } from './change-store.js';
import { type KeptChange, nextToSend, REMEMBERED_MS } from './kept-change.js';

/** A change was kept: it is sent as soon as the platform answers. */
export class ChangeKept extends Error {
  override readonly name = 'ChangeKept';

  constructor(isHeldBack: boolean) {
    super(
      isHeldBack
        ? 'It waits in this browser for a decision on a change before it that was not taken.'
        : 'There is no answer. It is kept in this browser, and sent as soon as the platform answers.',
    );
  }
}

/** What became of a change that was sent after it had waited. */
export interface LateEnd {
  readonly change: KeptChange;
  readonly refusal: string | null;
}

interface Waiter {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** How long an answer is waited for, in milliseconds. */
const ANSWER_MS = 15_000;
/** How long another window of this browser may take with its own sending before this one sends too; nothing is done twice. */
const TURN_MS = 5_000;
const RETRY_MS = 2_000;
const LOCK = 'outrider-changes';

/**
 * Changes on their way to the platform. Each is written down before it is sent, and stays until its answer is known: a cut,
 * a reload or a lost answer loses none, and its Idempotency-Key keeps it from being carried out twice. They go out one by
 * one, in the order in which they were asked for.
 */
export class Outbox {
  readonly #store: ChangeStore;
  readonly #waiters = new Map<string, Waiter>();
  readonly #listeners = new Set<() => void>();
  readonly #lateListeners = new Set<(end: LateEnd) => void>();
  readonly #signedOutListeners = new Set<() => void>();
  #owner: string | null = null;
  #changes: readonly KeptChange[] = [];
  #sending: Promise<void> | null = null;
  #isAsked = false;
  #timer: number | undefined;

  constructor(store: ChangeStore) {
    this.#store = store;
  }

  /** Whose changes are shown and sent; null while nobody is signed in. */
  belongTo(owner: string | null): void {
    this.#owner = owner;
    this.refresh();
    this.send();
  }

  /** The owner's changes, in their order. The same array until one changes. */
  readonly changes = (): readonly KeptChange[] => this.#changes;

  /** Whether somebody waits for its answer at this moment: then it is no news that it is not there yet. */
  isAwaited(id: string): boolean {
    return this.#waiters.has(id);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Told of changes that had waited and were sent, or refused, at last. Returns how to end that. */
  onLateEnd(listener: (end: LateEnd) => void): () => void {
    this.#lateListeners.add(listener);
    return () => this.#lateListeners.delete(listener);
  }

  /** Told when a change was refused because the session has ended; it waits for the next one of the same key. */
  onSignedOut(listener: () => void): () => void {
    this.#signedOutListeners.add(listener);
    return () => this.#signedOutListeners.delete(listener);
  }

  /** Reads the storage anew: another window may have changed it. */
  refresh(): void {
    this.#changes = this.#owner === null ? [] : this.#store.list(this.#owner);
    for (const listener of this.#listeners) listener();
  }

  /**
   * Writes a change down and sends it, after those that wait. Resolves with the answer; rejects with ApiProblem when it is
   * refused at once, and with ChangeKept when there is no answer for now.
   */
  submit(draft: Omit<KeptChange, 'id' | 'owner' | 'madeAt' | 'sentAt' | 'refusal'>): Promise<unknown> {
    if (this.#owner === null) return Promise.reject(new Error('Nobody is signed in.'));
    const last = this.#changes.at(-1)?.madeAt ?? 0;
    const change: KeptChange = {
      ...draft,
      id: newChangeId(),
      owner: this.#owner,
      madeAt: Math.max(Date.now(), last + 1),
      sentAt: null,
      refusal: null,
    };
    return new Promise((resolve, reject) => {
      this.#waiters.set(change.id, { resolve, reject });
      this.#store.put(change);
      this.refresh();
      this.send();
    });
  }

  /** Takes a change back that has not been carried out, as far as is known. */
  discard(id: string): void {
    this.#store.remove(id);
    this.refresh();
    this.send();
  }

  /** Sends a refused change again as a new one, whatever the revision is by now. */
  sendAnyway(id: string): void {
    const change = this.#store.get(id);
    if (change === null) return;
    this.#store.remove(id);
    this.#store.put({ ...change, id: newChangeId(), revision: null, sentAt: null, refusal: null });
    this.refresh();
    this.send();
  }

  /** Sends what waits, if there is anything. */
  send(): void {
    window.clearTimeout(this.#timer);
    if (this.#sending !== null) {
      this.#isAsked = true;
      return;
    }
    this.#isAsked = false;
    if (nextToSend(this.#changes) === undefined) {
      this.#releaseWaiters();
      return;
    }
    this.#sending = inTurn(() => this.#sendAll())
      .catch(() => undefined)
      .then(() => {
        this.#sending = null;
        this.refresh();
        this.#releaseWaiters();
        this.refresh();
        if (this.#isAsked) this.send();
        else if (nextToSend(this.#changes) !== undefined) {
          this.#timer = window.setTimeout(() => this.send(), RETRY_MS);
        }
      });
  }

  /** Whoever waits for an answer that does not come now is told that the change is kept. */
  #releaseWaiters(): void {
    const isHeldBack = nextToSend(this.#changes) === undefined;
    for (const [id, { reject }] of this.#waiters) {
      // Asked for while the last one was being sent: its own turn comes.
      if (this.#isAsked && this.#changes.some((change) => change.id === id)) continue;
      this.#waiters.delete(id);
      reject(new ChangeKept(isHeldBack));
    }
  }

  async #sendAll(): Promise<void> {
    for (;;) {
      const owner = this.#owner;
      const next = owner === null ? undefined : nextToSend(this.#store.list(owner));
      if (next === undefined || !(await this.#sendOne(next))) return;
      this.refresh();
    }
  }

  /** Returns whether to go on with the next. */
  async #sendOne(change: KeptChange): Promise<boolean> {
    if (change.sentAt !== null && Date.now() - change.sentAt > REMEMBERED_MS) {
      const detail = 'It was sent long ago, and its answer was lost. Look whether it was carried out.';
      this.#refuse(change, new ApiProblem({ status: 409, code: 'too_old', detail, requestId: '' }));
      return true;
    }
    this.#store.put({ ...change, sentAt: change.sentAt ?? Date.now() });
    try {
      this.#conclude(change, await sendChange(change));
      return true;
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) {
        for (const listener of this.#signedOutListeners) listener();
      }
      if (!(error instanceof ApiProblem) || mayBeTaken(error)) return false;
      this.#refuse(change, error);
      return true;
    }
  }

  #conclude(change: KeptChange, answer: unknown): void {
    this.#store.remove(change.id);
    const waiter = this.#waiters.get(change.id);
    this.#waiters.delete(change.id);
    if (waiter !== undefined) waiter.resolve(answer);
    else this.#tellLate({ change, refusal: null });
  }

  #refuse(change: KeptChange, problem: ApiProblem): void {
    const waiter = this.#waiters.get(change.id);
    this.#waiters.delete(change.id);
    if (waiter !== undefined) {
      // Whoever asked sees it, and what was filled in is still there.
      this.#store.remove(change.id);
      waiter.reject(problem);
      return;
    }
    this.#store.put({ ...change, refusal: { code: problem.code, detail: problem.message } });
    this.#tellLate({ change, refusal: problem.message });
  }

  #tellLate(end: LateEnd): void {
    for (const listener of this.#lateListeners) listener(end);
  }
}

/** `crypto.randomUUID` is only there for pages that came over HTTPS or from this machine. */
function newChangeId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const digits = [...bytes].map((byte, place) => {
    // Version 4, variant 1 (RFC 9562, 5.4).
    const marked = place === 6 ? (byte & 0x0f) | 0x40 : place === 8 ? (byte & 0x3f) | 0x80 : byte;
    return marked.toString(16).padStart(2, '0');
  });
  return digits.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

async function sendChange({ id, route, params, body, revision }: KeptChange): Promise<unknown> {
  const request = { params, ...(body === undefined ? {} : { body }) };
  return callApi(route as RouteName, request as unknown as ApiRequest<RouteName>, {
    idempotencyKey: id,
    ...(revision === null ? {} : { ifMatch: revision }),
    timeoutMs: ANSWER_MS,
  });
}

/** Whether the same change may be taken another time, or by the same key once it has signed in again. */
function mayBeTaken(error: ApiProblem): boolean {
  return isPassing(error) || error.status === 401 || error.code === 'idempotency_in_progress';
}

/** One window of the browser sends at a time, where the browser can see to that. */
async function inTurn(work: () => Promise<void>): Promise<void> {
  if (!('locks' in navigator)) return work();
  let hasBegun = false;
  const begin = (): Promise<void> => {
    hasBegun = true;
    return work();
  };
  try {
    await navigator.locks.request(LOCK, { signal: AbortSignal.timeout(TURN_MS) }, begin);
  } catch (error) {
    // A window that was put to sleep may hold the lock for hours.
    if (hasBegun) throw error;
    await work();
  }
}
