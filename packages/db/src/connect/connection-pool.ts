import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from './connection.js';
import { DatabaseConnectionError, isConnectionError } from './connection-errors.js';

export interface ConnectionPool {
  /** Lends a connection to `work`. Waits while all are lent; throws POOL_TIMEOUT after 30 s of that. */
  use<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** Refuses new work, waits up to 10 s for what runs, and ends every connection. */
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly open: () => Promise<Connection>;
  readonly max: number;
}

const WAIT_FOR_CONNECTION_MS = 30_000;
/** A restart of the database on the same machine takes a few seconds; longer outages are the caller's to handle. */
const KEEP_CONNECTING_MS = 5_000;
/** Old sessions are replaced, since caches of a server process only grow. */
const MAX_AGE_MS = 30 * 60_000;
const CLOSE_TIMEOUT_MS = 10_000;

/** Opens a connection, trying again with growing pauses while the database cannot be reached. */
async function openPatiently(open: () => Promise<Connection>, isClosing: () => boolean): Promise<Connection> {
  const started = performance.now();
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 1_000)) {
    try {
      return await open();
    } catch (error) {
      const outOfTime = performance.now() - started + pauseMs > KEEP_CONNECTING_MS;
      if (outOfTime || isClosing() || !isConnectionError(error)) throw error;
    }
    await sleep(pauseMs * (0.5 + Math.random() / 2));
  }
}

interface Waiter {
  readonly admit: () => void;
  readonly refuse: (error: Error) => void;
}

/** Admits `max` at a time, in the order of asking. */
function createGate(max: number): {
  enter: () => Promise<void>;
  leave: () => void;
  shut: () => void;
  inside: () => number;
} {
  const waiting = new Set<Waiter>();
  let inside = 0;
  let isShut = false;
  const ended = (): Error =>
    new DatabaseConnectionError('CONNECTION_ENDED', 'the database handle was closed');

  function queueUp(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(waiter);
        reject(
          new DatabaseConnectionError(
            'POOL_TIMEOUT',
            `no connection was free for ${WAIT_FOR_CONNECTION_MS} ms`,
          ),
        );
      }, WAIT_FOR_CONNECTION_MS);
      const waiter: Waiter = {
        admit: () => {
          clearTimeout(timer);
          resolve();
        },
        refuse: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      waiting.add(waiter);
    });
  }

  return {
    inside: () => inside,
    enter: () => {
      if (isShut) return Promise.reject(ended());
      if (inside >= max) return queueUp();
      inside += 1;
      return Promise.resolve();
    },
    leave: () => {
      const [next] = waiting;
      if (next === undefined) {
        inside -= 1;
        return;
      }
      waiting.delete(next);
      next.admit();
    },
    shut: () => {
      isShut = true;
      for (const waiter of waiting) waiter.refuse(ended());
      waiting.clear();
    },
  };
}

/** A pool of at most `max` connections, opened when needed and kept. */
export function createConnectionPool({ open, max }: PoolOptions): ConnectionPool {
  const gate = createGate(max);
  const idle: Connection[] = [];
  let closing: Promise<void> | undefined;

  async function take(): Promise<Connection> {
    for (let connection = idle.pop(); connection !== undefined; connection = idle.pop()) {
      if (!connection.isClosed()) return connection;
    }
    return openPatiently(open, () => closing !== undefined);
  }

  async function giveBack(connection: Connection): Promise<void> {
    if (connection.isClosed()) return;
    const isOld = performance.now() - connection.openedAt > MAX_AGE_MS;
    if (closing !== undefined || isOld) await connection.end();
    else idle.push(connection);
  }

  async function shutDown(): Promise<void> {
    gate.shut();
    const deadline = performance.now() + CLOSE_TIMEOUT_MS;
    while (gate.inside() > 0 && performance.now() < deadline) await sleep(10);
    await Promise.all(idle.splice(0).map((connection) => connection.end()));
  }

  return {
    use: async (work) => {
      await gate.enter();
      try {
        const connection = await take();
        try {
          return await work(connection);
        } finally {
          await giveBack(connection);
        }
      } finally {
        gate.leave();
      }
    },
    close: () => {
      closing ??= shutDown();
      return closing;
    },
  };
}
