import { connect as connectSocket, type Socket } from 'node:net';
import postgres from 'postgres';
import { DatabaseConnectionError } from './connection-errors.js';
import { VALUE_CODECS } from './value-codecs.js';

// biome-ignore lint/complexity/noBannedTypes: the driver's own default for "no custom types"
export type RawSql = postgres.Sql<{}>;

/** One session on the server, from its start to its end. It never comes back as another session. */
export interface Connection {
  readonly sql: RawSql;
  readonly openedAt: number;
  /** Whether it has ended, for whatever reason. True before any query in flight on it rejects. */
  isClosed(): boolean;
  end(): Promise<void>;
  /** Drops it without a word to the server, which may not be listening; what is in flight rejects. */
  abandon(): void;
}

export interface ConnectionTarget {
  readonly url: string;
  /** Parameters of the session (PostgreSQL, 55.2.1 Start-up); the URL cannot override them. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly onNotification?: (channel: string, payload: string) => void;
  readonly onClosed?: () => void;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** Removes from a connection URL what is ours to decide: the driver lets the URL win. */
function urlWithout(url: string, names: readonly string[]): string {
  const parsed = new URL(url);
  for (const name of names) parsed.searchParams.delete(name);
  return parsed.href;
}

interface DialOptions {
  readonly host: readonly string[];
  readonly port: readonly number[];
  readonly path?: string | false;
}

function dial(options: DialOptions): Promise<Socket> {
  const [host = 'localhost'] = options.host;
  const [port = 5432] = options.port;
  return new Promise((resolve, reject) => {
    const socket = options.path ? connectSocket(options.path) : connectSocket({ host, port });
    socket.setNoDelay(true);
    const timer = setTimeout(() => {
      socket.destroy();
      reject(
        new DatabaseConnectionError('CONNECT_TIMEOUT', 'the database did not accept a connection in time'),
      );
    }, CONNECT_TIMEOUT_MS);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      // The driver takes the name for TLS from here.
      resolve(Object.assign(socket, { host }));
    });
  });
}

/**
 * A socket maker that works once. The driver reconnects by itself and would run what is left of a
 * broken transaction on the new session, outside any transaction; so there is no new session.
 */
function dialOnce(keep: (socket: Socket) => void): (options: DialOptions) => Promise<Socket> {
  let dialled = false;
  return async (options) => {
    if (dialled) throw new DatabaseConnectionError('CONNECTION_CLOSED', 'the connection has ended');
    dialled = true;
    const socket = await dial(options);
    keep(socket);
    return socket;
  };
}

/** Opens one session and waits until it answers. Throws what the driver, the system or the server says. */
export async function openConnection(target: ConnectionTarget): Promise<Connection> {
  let closed = false;
  let socket: Socket | undefined;
  const options = {
    max: 1,
    idle_timeout: 0,
    max_lifetime: 0,
    connect_timeout: CONNECT_TIMEOUT_MS / 1000,
    types: VALUE_CODECS,
    fetch_types: false,
    connection: target.parameters,
    socket: dialOnce((dialled) => {
      socket = dialled;
    }),
    onnotice: () => undefined,
    onnotify: target.onNotification,
    onclose: () => {
      closed = true;
      void sql.end({ timeout: 0 });
      target.onClosed?.();
    },
  };
  const url = urlWithout(target.url, Object.keys(target.parameters));
  const sql: RawSql = postgres(url, options as unknown as postgres.Options<Record<string, never>>);
  try {
    await sql`select 1`;
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw error;
  }
  return {
    sql,
    openedAt: performance.now(),
    isClosed: () => closed,
    end: () => {
      closed = true;
      return sql.end({ timeout: 5 });
    },
    abandon: () => {
      closed = true;
      socket?.destroy();
    },
  };
}
