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

/**
 * The DevTools protocol over the two pipes of `--remote-debugging-pipe`: JSON messages that end with a zero
 * byte. No port is opened, so no page can reach it; and Chromium ends by itself when the pipe closes, so it
 * never outlives this process, however that ends.
 */
export class DevtoolsPipe {
  readonly #output: Writable;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<string, DevtoolsListener>();
  readonly #onClose: () => void;
  #parts: Buffer[] = [];
  #lastId = 0;
  #closed = false;

  constructor(output: Writable, input: Readable, onClose: () => void) {
    this.#output = output;
    this.#onClose = onClose;
    input.on('data', (chunk: Buffer) => this.#read(chunk));
    for (const stream of [output, input]) {
      stream.on('error', () => this.#close());
      stream.on('close', () => this.#close());
    }
  }

  /** Whether the browser has closed its side: it has ended or is about to. */
  get isClosed(): boolean {
    return this.#closed;
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
    if (this.#closed) return Promise.reject(new DevtoolsError('the browser is gone', true));
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#output.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  /** Sends a command whose fate does not matter: what it is about may be gone already. */
  post(method: string, params: Readonly<Record<string, unknown>> = {}, sessionId?: string): void {
    this.send(method, params, sessionId).catch(() => undefined);
  }

  #read(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NUL); end >= 0; end = chunk.indexOf(NUL, start)) {
      this.#parts.push(chunk.subarray(start, end));
      const text = Buffer.concat(this.#parts).toString();
      this.#parts = [];
      start = end + 1;
      this.#dispatch(JSON.parse(text) as Message);
    }
    if (start < chunk.length) this.#parts.push(chunk.subarray(start));
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

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { reject } of this.#pending.values()) reject(new DevtoolsError('the browser is gone', true));
    this.#pending.clear();
    this.#onClose();
  }
}
