import { constants } from 'node:buffer';
import type { Readable, Writable } from 'node:stream';

/** An event of the DevTools protocol. */
export interface DevtoolsEvent {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export type DevtoolsListener = (event: DevtoolsEvent) => void;

/** The connection to the browser is gone, or the browser refused a command. */
export class DevtoolsError extends Error {
  override readonly name = 'DevtoolsError';
  constructor(
    message: string,
    readonly connectionLost: boolean,
  ) {
    super(message);
  }
}

interface Pending {
  readonly resolve: (result: Readonly<Record<string, unknown>>) => void;
  readonly reject: (error: DevtoolsError) => void;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly sessionId?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

const NUL = 0;
/** For an answer to a command that needs no page: the browser itself gives it, at once unless it hangs. */
const ANSWER_MS = 15_000;
/** Messages that hold no document: pictures, and what pages log. */
const OTHER_BYTES = 16_777_216;
/** A UTF-16 unit in JSON takes at most this, as in `\u0001`. */
const BYTES_PER_CHARACTER = 6;
/** UTF-16 units of the longest document that an answer can carry, whatever it consists of. */
export const MAX_DOCUMENT_LENGTH = Math.floor(
  (constants.MAX_STRING_LENGTH - OTHER_BYTES) / BYTES_PER_CHARACTER,
);

/**
 * The DevTools protocol over the two pipes of `--remote-debugging-pipe`: JSON messages that end with a zero
 * byte. No port is opened, so no page can reach it; and Chromium ends by itself when the pipe closes, so it
 * never outlives this process, however that ends.
 *
 * What pages do decides what comes through it, so a browser that sends more than it may, or what cannot be read, is
 * ended, and never this process.
 */
export class DevtoolsPipe {
  readonly #output: Writable;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<string, DevtoolsListener>();
  readonly #onClose: () => void;
  readonly #answerMs: number;
  /** Of the message that is not complete yet. */
  #parts: Buffer[] = [];
  #partBytes = 0;
  #maxMessageBytes = OTHER_BYTES;
  #lastId = 0;
  #closedBy: string | null = null;

  /** `onClose` is to end the browser; `answerMs` is what `demand` gives it to answer. */
  constructor(output: Writable, input: Readable, onClose: () => void, answerMs = ANSWER_MS) {
    this.#output = output;
    this.#onClose = onClose;
    this.#answerMs = answerMs;
    input.on('data', (chunk: Buffer) => this.#read(chunk));
    for (const stream of [output, input]) {
      stream.on('error', () => this.#close('the browser is gone'));
      stream.on('close', () => this.#close('the browser is gone'));
    }
  }

  /** Whether the browser has closed its side: it has ended or is about to. */
  get isClosed(): boolean {
    return this.#closedBy !== null;
  }

  /** Why it is closed; null while it is not. */
  get closedBy(): string | null {
    return this.#closedBy;
  }

  /** Lets messages come that carry a document of this many UTF-16 units, at most MAX_DOCUMENT_LENGTH. */
  admit(length: number): void {
    this.#maxMessageBytes = Math.max(this.#maxMessageBytes, length * BYTES_PER_CHARACTER + OTHER_BYTES);
  }

  /** Listens to a session's events; an empty id stands for the browser's own. */
  listen(sessionId: string, listener: DevtoolsListener): void {
    this.#listeners.set(sessionId, listener);
  }

  forget(sessionId: string): void {
    this.#listeners.delete(sessionId);
  }

  /** Rejects with DevtoolsError when the browser refuses the command or is gone. */
  send(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
    sessionId?: string,
  ): Promise<Readonly<Record<string, unknown>>> {
    if (this.#closedBy !== null) return Promise.reject(new DevtoolsError(this.#closedBy, true));
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#output.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  /** Sends a command that the browser answers without any page. One that does not in time hangs, and is ended. */
  async demand(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    const why = `the browser hangs: no answer to ${method} within ${this.#answerMs} ms`;
    const timer = setTimeout(() => this.#close(why), this.#answerMs);
    try {
      return await this.send(method, params);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sends a command whose fate does not matter: what it is about may be gone already. */
  post(method: string, params: Readonly<Record<string, unknown>> = {}, sessionId?: string): void {
    this.send(method, params, sessionId).catch(() => undefined);
  }

  /** Never throws: what is thrown in a listener of a stream ends the process. */
  #read(chunk: Buffer): void {
    if (this.#closedBy !== null) return;
    try {
      this.#take(chunk);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#close(`the browser was ended over a message that could not be handled: ${why}`);
    }
  }

  #take(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NUL); end >= 0; end = chunk.indexOf(NUL, start)) {
      this.#parts.push(chunk.subarray(start, end));
      const text = Buffer.concat(this.#parts).toString();
      this.#parts = [];
      this.#partBytes = 0;
      start = end + 1;
      this.#dispatch(JSON.parse(text) as Message);
    }
    if (start === chunk.length) return;
    this.#parts.push(chunk.subarray(start));
    this.#partBytes += chunk.length - start;
    if (this.#partBytes <= this.#maxMessageBytes) return;
    this.#close(`the browser was ended over a message of more than ${this.#maxMessageBytes} bytes`);
  }

  #dispatch(message: Message): void {
    if (message.id === undefined) {
      if (message.method === undefined) return;
      const listener = this.#listeners.get(message.sessionId ?? '');
      listener?.({ method: message.method, params: message.params ?? {} });
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.error !== undefined) pending?.reject(new DevtoolsError(message.error.message, false));
    else pending?.resolve(message.result ?? {});
  }

  #close(why: string): void {
    if (this.#closedBy !== null) return;
    this.#closedBy = why;
    this.#parts = [];
    for (const { reject } of this.#pending.values()) reject(new DevtoolsError(why, true));
    this.#pending.clear();
    this.#onClose();
  }
}
