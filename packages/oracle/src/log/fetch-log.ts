import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';

/**
 * How a fetch ended: `answered` (the whole answer was handed to the network), `reset` (as planned),
 * `aborted` (the connection closed first, mostly by the client), `open` (not yet).
 */
export type FetchEnding = 'open' | 'answered' | 'reset' | 'aborted';

/** One request the site received. Times are milliseconds since 1970 on a clock that never goes back. */
export interface FetchLogEntry {
  /** When the request arrived: the time politeness is judged by. */
  readonly at: number;
  /**
   * Milliseconds by which it may have arrived sooner: this process was busy, or got no processor, for as long before
   * it noted the request. 0 when its event loop was free.
   */
  readonly notedLateMs: number;
  /** Host name the client asked for, without port. */
  readonly host: string;
  /** Request target, with query. */
  readonly path: string;
  readonly method: string;
  readonly userAgent: string;
  /** Null when no status was sent. */
  readonly status: number | null;
  /** When the site took it up: at once, or later if it was paused then; null if it never did. */
  readonly startedAt: number | null;
  /** Null while open. */
  readonly endedAt: number | null;
  /** Fetches open on this host at arrival, this one included. */
  readonly concurrencyAtStart: number;
  readonly ending: FetchEnding;
}

export interface ArrivedFetch {
  readonly host: string;
  readonly path: string;
  readonly method: string;
  readonly userAgent: string;
}

type OpenEntry = { -readonly [Key in keyof FetchLogEntry]: FetchLogEntry[Key] };

/** A fetch in progress, as the server sees it. */
export interface OngoingFetch {
  start(): void;
  /** Only the first call counts. */
  end(ending: Exclude<FetchEnding, 'open'>, status: number | null): void;
}

export interface FetchLogOptions {
  /** Appended to, one JSON line for each ended fetch, written before the event loop's next turn. */
  readonly file?: string;
  /** Keep ended fetches in memory too (default true). False needs a file, which is then read back. */
  readonly keepInMemory?: boolean;
}

/** How often the log looks whether its process gets to run, in milliseconds. */
const HEARTBEAT_MS = 5;

function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Reads the lines of a log file. A last line cut short by a crash is left out. */
export function parseFetchLog(text: string): FetchLogEntry[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const lines = whole.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as FetchLogEntry).sort((a, b) => a.at - b.at);
}

/** Records every fetch from arrival to end, across all hosts of a site. */
export class FetchLog {
  readonly #options: FetchLogOptions;
  readonly #openByHost = new Map<string, number>();
  readonly #open = new Set<OpenEntry>();
  #entries: OpenEntry[] = [];
  #unwritten: OpenEntry[] = [];
  #descriptor: number | null;
  #beatAt = now();
  readonly #heart: NodeJS.Timeout;

  constructor(options: FetchLogOptions) {
    if (options.keepInMemory === false && options.file === undefined) {
      throw new RangeError('a fetch log that is not kept in memory needs a file');
    }
    this.#options = options;
    this.#descriptor = options.file === undefined ? null : openSync(options.file, 'a');
    this.#heart = setInterval(() => {
      this.#beatAt = now();
    }, HEARTBEAT_MS).unref();
  }

  arrive(fetch: ArrivedFetch): OngoingFetch {
    const concurrencyAtStart = (this.#openByHost.get(fetch.host) ?? 0) + 1;
    this.#openByHost.set(fetch.host, concurrencyAtStart);
    const at = now();
    const entry: OpenEntry = {
      at,
      notedLateMs: Math.max(0, at - this.#beatAt - 2 * HEARTBEAT_MS),
      ...fetch,
      status: null,
      startedAt: null,
      endedAt: null,
      concurrencyAtStart,
      ending: 'open',
    };
    this.#open.add(entry);
    if (this.#options.keepInMemory !== false) this.#entries.push(entry);
    return {
      start: () => {
        entry.startedAt = now();
      },
      end: (ending, status) => {
        if (entry.ending !== 'open') return;
        entry.ending = ending;
        entry.status = status;
        entry.endedAt = now();
        this.#openByHost.set(entry.host, (this.#openByHost.get(entry.host) ?? 1) - 1);
        // Not in the set any more: the log was cleared meanwhile.
        if (this.#open.delete(entry)) this.#append(entry);
      },
    };
  }

  /** All fetches since the log was last cleared, open ones included, in order of arrival. */
  entries(): FetchLogEntry[] {
    if (this.#options.keepInMemory !== false) return this.#entries.map((entry) => ({ ...entry }));
    this.flush();
    const ended = parseFetchLog(readFileSync(this.#options.file ?? '', 'utf8'));
    const open = [...this.#open].map((entry) => ({ ...entry }));
    return [...ended, ...open].sort((a, b) => a.at - b.at);
  }

  /** Forgets everything, the file's lines included. Fetches still open are forgotten too. */
  clear(): void {
    this.#entries = [];
    this.#unwritten = [];
    this.#open.clear();
    if (this.#descriptor !== null) ftruncateSync(this.#descriptor, 0);
  }

  /** Writes what is pending; without it the file is up to date one turn of the event loop later. */
  flush(): void {
    const lines = this.#unwritten;
    if (lines.length === 0 || this.#descriptor === null) return;
    this.#unwritten = [];
    writeAll(this.#descriptor, Buffer.from(lines.map((entry) => `${JSON.stringify(entry)}\n`).join('')));
  }

  /** The log stays readable, and takes no further lines. */
  close(): void {
    clearInterval(this.#heart);
    this.flush();
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #append(entry: OpenEntry): void {
    if (this.#descriptor === null) return;
    if (this.#unwritten.length === 0) setImmediate(() => this.flush());
    this.#unwritten.push(entry);
  }
}

// A synchronous write per turn, not a stream: what a turn logged survives a kill in the next one.
function writeAll(descriptor: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
}
