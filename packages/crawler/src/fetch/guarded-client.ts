import { type buildConnector, Client, type Dispatcher } from 'undici';
import { ConnectAttempt, type Connection, type ConnectOptions } from './connect-attempt.js';
import { FetchFault } from './fetch-failures.js';

/** Holds the connection a client is on at the moment; a client reconnects when it needs to. */
export interface ConnectionSlot {
  connection: Connection | null;
}

/** One request for undici. On dispatch it learns which client, and so which connection, it goes out on. */
export class OutgoingRequest implements Dispatcher.DispatchOptions {
  readonly method = 'GET';
  // Time limits are kept by DeadlineWatch; undici's own cost two timers a request.
  readonly headersTimeout = 0;
  readonly bodyTimeout = 0;
  slot: ConnectionSlot | null = null;

  constructor(
    readonly origin: string,
    readonly path: string,
    readonly headers: string[],
    /** True for a request whose connection is not to be kept. */
    readonly reset: boolean,
  ) {}
}

/** A client of one connection to one origin that can only be opened through {@link ConnectAttempt}. */
class GuardedClient extends Client {
  constructor(
    origin: string | URL,
    options: Client.Options,
    private readonly slot: ConnectionSlot,
  ) {
    super(origin, options);
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (options instanceof OutgoingRequest) options.slot = this.slot;
    return super.dispatch(options, handler);
  }
}

/** Opens guarded clients, and knows the connections still being made so that they can be given up. */
export class GuardedClients {
  private readonly attempts = new Set<ConnectAttempt>();

  constructor(
    private readonly connectOptions: ConnectOptions,
    private readonly clientOptions: Client.Options,
  ) {}

  open(origin: string | URL): Client {
    const slot: ConnectionSlot = { connection: null };
    const connect: buildConnector.connector = (target, callback) => this.connect(target, slot, callback);
    return new GuardedClient(origin, { ...this.clientOptions, connect }, slot);
  }

  /** Gives up all connections still being made. */
  abandon(): void {
    for (const attempt of this.attempts) attempt.fail(new FetchFault('aborted'));
  }

  private connect(
    target: buildConnector.Options,
    slot: ConnectionSlot,
    callback: buildConnector.Callback,
  ): void {
    const secure = target.protocol === 'https:';
    const port = Number(target.port) || (secure ? 443 : 80);
    const attempt = new ConnectAttempt(
      { hostname: target.hostname, port, secure },
      this.connectOptions,
      (fault, connection) => {
        slot.connection = connection;
        // Deferred, since an attempt that fails at once calls back from within its constructor.
        queueMicrotask(() => this.attempts.delete(attempt));
        if (connection === null) callback(fault ?? new FetchFault('network_error'), null);
        else callback(null, connection.socket);
      },
    );
    this.attempts.add(attempt);
  }
}
