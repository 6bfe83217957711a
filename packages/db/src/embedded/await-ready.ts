import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import type { Postmaster, PostmasterExit } from './postmaster.js';
import { readPostmasterFile } from './postmaster-file.js';

/**
 * Waits until the server has finished any crash recovery and answers a query; returns null then, or how
 * the server ended if it ended first. There is no time limit, since recovery takes as long as there is log
 * to replay: `onWaiting` is called every 5 s instead. Rejects when `signal` is aborted.
 *
 * The server's own file is watched first, and a connection made only once it says ready: the port alone
 * might be answered by a stranger.
 */
export async function awaitReady(
  postmaster: Postmaster,
  { clusterDir, adminUrl, signal, onWaiting }: ReadyOptions,
): Promise<PostmasterExit | null> {
  const end: { exit: PostmasterExit | null } = { exit: null };
  void postmaster.exited.then((exit) => {
    end.exit = exit;
  });
  const started = Date.now();
  let nextNotice = 5000;
  while (end.exit === null) {
    signal?.throwIfAborted();
    const file = await readPostmasterFile(clusterDir);
    if (file?.pid === postmaster.pid && file.ready) {
      await answersQuery(adminUrl);
      return null;
    }
    if (Date.now() - started >= nextNotice) {
      onWaiting(Math.round((Date.now() - started) / 1000));
      nextNotice += 5000;
    }
    await sleep(10);
  }
  return end.exit;
}

interface ReadyOptions {
  readonly clusterDir: string;
  readonly adminUrl: string;
  readonly signal: AbortSignal | undefined;
  readonly onWaiting: (seconds: number) => void;
}

async function answersQuery(adminUrl: string): Promise<void> {
  const sql = postgres(adminUrl, { max: 1, connect_timeout: 10, fetch_types: false });
  try {
    await sql`select 1`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
