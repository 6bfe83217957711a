import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, type ConnectionTarget, openConnection } from './connection.js';

export interface Listener {
  close(): Promise<void>;
}

const MAX_PAUSE_MS = 5_000;

/**
 * Listens on a channel over a connection of its own. `onNotify` gets each payload, and an empty one
 * after every reconnection: something may have been missed, so look. Rejects when the first connection
 * fails; later ones are tried for ever.
 */
export async function listenOn(
  target: ConnectionTarget,
  channel: string,
  onNotify: (payload: string) => void,
): Promise<Listener> {
  const stop = new AbortController();
  let current: Connection | undefined;

  async function connect(): Promise<void> {
    const connection = await openConnection({
      ...target,
      onNotification: (_channel, payload) => onNotify(payload),
      // Before it is `current`, whoever waits for it sees it fail.
      onClosed: () => {
        if (current === connection && !stop.signal.aborted) void reconnect();
      },
    });
    await connection.sql`listen ${connection.sql(channel)}`;
    current = connection;
    if (stop.signal.aborted) await connection.end();
  }

  async function reconnect(): Promise<void> {
    for (let pauseMs = 50; !stop.signal.aborted; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
      try {
        await sleep(pauseMs, undefined, { signal: stop.signal });
        await connect();
        if (!stop.signal.aborted) onNotify('');
        return;
      } catch {
        // Still down, or told to stop: the loop's condition decides.
      }
    }
  }

  await connect();
  return {
    close: async () => {
      stop.abort();
      await current?.end();
    },
  };
}
