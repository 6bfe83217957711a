import { Worker } from 'node:worker_threads';
import type { LaneScope } from '@outrider/db';
import type { CampaignConfig } from '@outrider/shared';
import type { Logger } from '@outrider/telemetry';
import { DocumentFeed } from './document-feed.js';
import { PieceMemory } from './piece-memory.js';
import type { Answer, Reading, SettledAnswer } from './reading.js';
import { ReadingLost } from './reading-lost.js';
import type { DocumentPiece, FromReadingThread, SentAnswer, ToReadingThread } from './thread-messages.js';

/** A page takes milliseconds to read. A thread that answers nothing for this long is stuck in one. Milliseconds. */
const STUCK_MS = 30_000;
/**
 * Of the thread's heap in megabytes: far more than any page needs, and little enough to end it before the machine does. Hardly
 * anything of a page outlives it, so a larger young generation is collected less often for the same survivors: with 32 in
 * place of 16 a crawl of the Rust documentation is 2 to 5 % faster.
 */
const LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 32 };

export interface ThreadHostOptions {
  /** What the thread runs. Default: the program beside this file, which the build bundles. */
  readonly program?: URL;
  readonly stuckMs?: number;
}

interface Job {
  readonly resolve: (settled: SettledAnswer) => void;
  readonly reject: (error: Error) => void;
}

interface OpenLane {
  readonly config: CampaignConfig;
  scope: LaneScope | null;
}

/**
 * Keeps a reading thread for the lanes that are dealt to it. One that ends over a page, or is stuck in one, is replaced:
 * what it was to read is lost with it, and what it remembered of URLs, which costs time and nothing else.
 */
export class ThreadHost {
  readonly #logger: Logger;
  readonly #program: URL;
  readonly #stuckMs: number;
  readonly #lanes = new Map<number, OpenLane>();
  /** In the order in which they were sent, which is that in which the thread gets to them. */
  readonly #jobs = new Map<number, Job>();
  readonly #memory = new PieceMemory();
  readonly #looking: NodeJS.Timeout;
  #thread: Worker | null = null;
  #threads = 0;
  #numbers = 0;
  #heardAt = performance.now();

  constructor(logger: Logger, options: ThreadHostOptions = {}) {
    this.#logger = logger;
    this.#program = options.program ?? new URL('./reading-thread.js', import.meta.url);
    this.#stuckMs = options.stuckMs ?? STUCK_MS;
    this.#looking = setInterval(() => this.#look(), this.#stuckMs / 6).unref();
  }

  get lanes(): number {
    return this.#lanes.size;
  }

  open(config: CampaignConfig): Reading {
    const lane = this.#number();
    const open: OpenLane = { config, scope: null };
    this.#lanes.set(lane, open);
    // The thread begins with the first scope: a lane that stands by, or finds nothing to do, needs none.
    this.#tell({ kind: 'open', lane, config });
    return {
      apply: (scope) => {
        open.scope = scope;
        if (this.#thread === null) this.#start();
        else this.#tell({ kind: 'apply', lane, scope });
      },
      open: (page) => new DocumentFeed(page, this.#line()),
      settle: (answer) => this.#settle(lane, answer),
      close: () => {
        this.#lanes.delete(lane);
        this.#tell({ kind: 'close', lane });
      },
    };
  }

  async close(): Promise<void> {
    clearInterval(this.#looking);
    const thread = this.#thread;
    this.#thread = null;
    await thread?.terminate();
    this.#lose('the worker closes');
  }

  #number(): number {
    this.#numbers += 1;
    return this.#numbers;
  }

  /** How a document's pieces go to the thread that got its first. */
  #line() {
    const document = this.#number();
    let sentTo: number | null = null;
    return {
      document,
      memory: this.#memory,
      send: (piece: DocumentPiece) => {
        this.#start();
        sentTo ??= this.#threads;
        if (sentTo === this.#threads) this.#send({ kind: 'piece', piece }, [piece.bytes]);
      },
      discard: () => this.#tell({ kind: 'discard', document }),
    };
  }

  #settle(lane: number, answer: Answer): Promise<SettledAnswer> {
    const { document, seen } = answer;
    if (seen !== null || (document !== null && !(document instanceof DocumentFeed))) {
      return Promise.reject(new Error('a page that was rendered is read where it was rendered'));
    }
    const last = document?.takeLast() ?? null;
    const job = this.#number();
    return new Promise((resolve, reject) => {
      if (this.#jobs.size === 0) this.#heardAt = performance.now();
      this.#jobs.set(job, { resolve, reject });
      const transferred = last === null ? [] : [last.bytes];
      this.#send({ kind: 'settle', lane, job, answer: sentAnswer(answer, last) }, transferred);
    });
  }

  /** For the thread that runs, if one does: another is told of every lane when it begins. */
  #tell(message: ToReadingThread): void {
    this.#thread?.postMessage(message);
  }

  #send(message: ToReadingThread, transferred: ArrayBuffer[] = []): void {
    this.#start().postMessage(message, transferred);
  }

  #start(): Worker {
    if (this.#thread !== null) return this.#thread;
    const thread = new Worker(this.#program, {
      resourceLimits: LIMITS,
      name: 'reading',
    });
    this.#thread = thread;
    this.#threads += 1;
    thread.on('message', (answer: FromReadingThread) => this.#hear(answer));
    thread.on('error', (error) => this.#replace(thread, error.message));
    thread.on('exit', (code) => this.#replace(thread, `it ended with ${code}`));
    for (const [lane, { config, scope }] of this.#lanes) {
      thread.postMessage({ kind: 'open', lane, config } satisfies ToReadingThread);
      if (scope !== null) thread.postMessage({ kind: 'apply', lane, scope } satisfies ToReadingThread);
    }
    return thread;
  }

  #hear(answer: FromReadingThread): void {
    this.#heardAt = performance.now();
    const job = this.#jobs.get(answer.job);
    this.#jobs.delete(answer.job);
    if (answer.memory !== null) this.#memory.give(answer.memory);
    if ('settled' in answer) job?.resolve(answer.settled);
    else {
      const error = new Error(answer.failure.message);
      if (answer.failure.stack !== null) error.stack = answer.failure.stack;
      job?.reject(error);
    }
  }

  #look(): void {
    if (this.#jobs.size === 0 || performance.now() - this.#heardAt < this.#stuckMs) return;
    void this.#thread?.terminate();
  }

  /** The next message starts another. */
  #replace(thread: Worker, why: string): void {
    if (this.#thread !== thread) return;
    this.#thread = null;
    this.#logger.error(
      { why, answers: this.#jobs.size },
      'the thread that reads pages ended; another one follows',
    );
    this.#lose(why);
  }

  #lose(why: string): void {
    const lost = [...this.#jobs.values()];
    this.#jobs.clear();
    for (const [place, { reject }] of lost.entries()) {
      reject(new ReadingLost(`the thread that read the page ended: ${why}`, place === 0));
    }
  }
}

/** Field by field: an object with others left out, or put behind those of another, has a shape of its own each time. */
function sentAnswer(answer: Answer, last: DocumentPiece | null): SentAnswer {
  const { target, response, fetchedAt, sniffedType, refusedType, carried } = answer;
  return { target, response, fetchedAt, sniffedType, refusedType, carried, last };
}
