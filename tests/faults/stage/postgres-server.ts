import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@outrider/db/testing';

/** A PostgreSQL that faults may be done to. It comes back on the same port with the same data. */
export interface PostgresServer {
  /** URL of the superuser on the database `postgres`. */
  readonly adminUrl: string;
  readonly port: number;
  /** Immediate shutdown, as `pg_ctl -m immediate`: no checkpoint, and recovery at the next start. */
  crash(): Promise<void>;
  /** Starts it again after a crash, its own or ours. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface PostgresPlan {
  /** An existing folder for its data; default: a new temporary one. */
  readonly dataDir?: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Starts a server whose commits are what they are in production, but for the flush to the disk: what is killed
 * here is the server and not the machine, so what it wrote to its files stays.
 */
export async function startPostgresServer({
  dataDir,
  settings = {},
}: PostgresPlan = {}): Promise<PostgresServer> {
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'outrider-fault-')));
  // As root the server runs under another account, which must be able to pass through.
  await chmod(folder, 0o755);
  const options = { dataDir: folder, settings: { fsync: 'off', ...settings } };
  let server: EmbeddedPostgres = await startEmbeddedPostgres(options);
  const { port, adminUrl, clusterDir } = server;
  const end = async (signal: NodeJS.Signals | null): Promise<void> => {
    const ended = server.exited;
    if (signal !== null) signalIfThere(server.pid, signal);
    if (signal !== null) await ended;
    await server.stop();
  };
  return {
    adminUrl,
    port,
    crash: () => end('SIGQUIT'),
    async start() {
      await server.stop();
      server = await startEmbeddedPostgres(options, () => Promise.resolve(port));
    },
    async stop() {
      await end(null);
      if (!clusterDir.startsWith(folder)) await rm(dirname(clusterDir), { recursive: true, force: true });
      if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}
