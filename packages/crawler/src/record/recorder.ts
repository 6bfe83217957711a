import { type Batch, type CommitOutcome, isDataError, type Settlement } from '@outrider/db';
import type { UrlSettlement } from './url-settlement.js';

/** A batch whose settlements still know their URLs. */
interface UrlBatch extends Batch {
  readonly settlements: readonly UrlSettlement[];
}

export interface RecorderOptions {
  /** Writes a batch in one transaction; see commitBatch. */
  readonly commit: (batch: Batch) => Promise<CommitOutcome>;
  /**
   * Called once, when the lane turns out to be another worker's: nothing more will be written. Also when the recorder
   * was closed meanwhile: a worker that gave up by itself learns here that it was right to.
   */
  readonly onRefused: () => void;
  /** Called when a batch could not be written in spite of every try. */
  readonly onFailed: (error: unknown) => void;
  /**
   * What is kept of a URL whose record the database refuses, so that one bad record cannot stop the others.
   * Should that be refused too, it is written without its discoveries.
   */
  readonly withoutRecord: (settlement: UrlSettlement, error: unknown) => UrlSettlement;
  /** URLs per batch at most. */
  readonly batchSize?: number;
  /** Longest time a settlement waits for company, in milliseconds. */
  readonly maxWaitMs?: number;
}

/** Settlements that may wait for the database before the fetching waits too. */
const BACKLOG = 128;
/**
 * The same in links, and links per batch: a page may have ten thousand, which is what fills memory and
 * makes a batch slow.
 */
const BACKLOG_LINKS = 20_000;
const BATCH_LINKS = 10_000;

/**
 * Gathers settlements and commits them in batches, one commit at a time and in order. A settlement is
 * safe only once its batch is committed; `flush` resolves when all are.
 */
export class Recorder {
  readonly #options: Required<RecorderOptions>;
  #waiting: UrlSettlement[] = [];
  #waitingLinks = 0;
  #scopeHosts: Batch['scopeHosts'][number][] = [];
  #timer: NodeJS.Timeout | null = null;
  /** What waits has waited long enough, and is written once the batch before it is. */
  #isDue = false;
  #writing: Promise<void> | null = null;
  #room: (() => void)[] = [];
  #closed = false;

  constructor(options: RecorderOptions) {
    this.#options = { batchSize: 128, maxWaitMs: 250, ...options };
  }

  /** Takes a settlement; resolves when there is room for the next. */
  async add(settlement: UrlSettlement, scopeHost?: Batch['scopeHosts'][number]): Promise<void> {
    if (this.#closed) return;
    this.#waiting.push(settlement);
    this.#waitingLinks += linksOf(settlement);
    if (scopeHost !== undefined) this.#scopeHosts.push(scopeHost);
    this.#writeSoon();
    if (this.#isFull()) await new Promise<void>((resolve) => this.#room.push(resolve));
  }

  /** Settlements taken and not committed. */
  get backlog(): number {
    return this.#waiting.length;
  }

  /** Commits everything that was taken. */
  async flush(): Promise<void> {
    while (!this.#closed && (this.#waiting.length > 0 || this.#writing !== null)) {
      this.#write();
      await this.#writing;
    }
  }

  /** Drops what was not committed and takes nothing more: the lane is lost or aborted. */
  close(): void {
    this.#closed = true;
    this.#waiting = [];
    this.#waitingLinks = 0;
    this.#scopeHosts = [];
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#release();
  }

  /** At once when there is a batch, or what waits is due; else once the first of it has waited long enough. */
  #writeSoon(): void {
    if (this.#waiting.length === 0) return;
    const { batchSize, maxWaitMs } = this.#options;
    if (this.#isDue || this.#waiting.length >= batchSize || this.#waitingLinks >= BATCH_LINKS) this.#write();
    else this.#timer ??= setTimeout(() => this.#write(), maxWaitMs);
  }

  #isFull(): boolean {
    return this.#waiting.length >= BACKLOG || this.#waitingLinks >= BACKLOG_LINKS;
  }

  #takeBatch(): UrlSettlement[] {
    let links = 0;
    let size = 0;
    for (const settlement of this.#waiting) {
      links += linksOf(settlement);
      if (size > 0 && links > BATCH_LINKS) break;
      size += 1;
      if (size === this.#options.batchSize) break;
    }
    const batch = this.#waiting.splice(0, size);
    for (const settlement of batch) this.#waitingLinks -= linksOf(settlement);
    return batch;
  }

  #write(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#isDue = this.#writing !== null && this.#waiting.length > 0;
    if (this.#writing !== null || this.#closed || this.#waiting.length === 0) return;
    const settlements = this.#takeBatch();
    const scopeHosts = this.#scopeHosts.splice(0);
    this.#release();
    this.#writing = this.#commit({ settlements, scopeHosts }).finally(() => {
      this.#writing = null;
      this.#writeSoon();
    });
  }

  async #commit(batch: UrlBatch): Promise<void> {
    try {
      const outcome = await this.#commitApart(batch);
      if (outcome.kind === 'refused') {
        this.close();
        this.#options.onRefused();
      }
    } catch (error) {
      if (this.#closed) return;
      this.close();
      this.#options.onFailed(error);
    }
  }

  /** Commits a batch; when the database refuses its data, in halves, until the one bad record stands alone. */
  async #commitApart(batch: UrlBatch): Promise<CommitOutcome> {
    try {
      return await this.#options.commit(batch);
    } catch (error) {
      if (!isDataError(error)) throw error;
      const [only] = batch.settlements;
      if (batch.settlements.length === 1 && only !== undefined) {
        return this.#commitBare(batch, this.#options.withoutRecord(only, error));
      }
      const middle = Math.ceil(batch.settlements.length / 2);
      const first = await this.#commitApart({ ...batch, settlements: batch.settlements.slice(0, middle) });
      if (first.kind === 'refused') return first;
      return this.#commitApart({ scopeHosts: [], settlements: batch.settlements.slice(middle) });
    }
  }

  /** Commits what is left of a refused record: with the URLs found on the page if they are not the trouble. */
  async #commitBare(batch: UrlBatch, bare: UrlSettlement): Promise<CommitOutcome> {
    try {
      return await this.#options.commit({ ...batch, settlements: [bare] });
    } catch (error) {
      if (!isDataError(error) || bare.discoveries.length === 0) throw error;
      return this.#options.commit({ ...batch, settlements: [{ ...bare, discoveries: [] }] });
    }
  }

  #release(): void {
    if (!this.#closed && this.#isFull()) return;
    for (const resolve of this.#room.splice(0)) resolve();
  }
}

/** A kilobyte of a picture weighs what a link does. */
function linksOf({ verdict }: Settlement): number {
  if (verdict.kind !== 'fetched') return 0;
  const { links, screenshot } = verdict;
  return screenshot === undefined ? links.length : links.length + Math.ceil(screenshot.bytes.length / 1_024);
}
