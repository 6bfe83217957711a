import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startEmbeddedPostgres } from '../embedded/start-embedded-postgres.js';

export interface TestServer {
  /** URL of a superuser on the database `postgres`. */
  readonly adminUrl: string;
  stop(): Promise<void>;
}

export interface TestServerOptions {
  /** An outside server to use instead (the value of TEST_DATABASE_URL): it is neither started nor stopped. */
  readonly databaseUrl?: string | undefined;
}

/**
 * A PostgreSQL server for tests: empty, in a temporary directory, and careless with the disk, since
 * nobody needs its data after a crash. `stop` removes it.
 */
export async function startTestServer({ databaseUrl }: TestServerOptions = {}): Promise<TestServer> {
  if (databaseUrl !== undefined && databaseUrl !== '') {
    return { adminUrl: databaseUrl, stop: () => Promise.resolve() };
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'outrider-test-'));
  // As root the server runs under another account, which must be able to pass through.
  await chmod(dataDir, 0o755);
  const server = await startEmbeddedPostgres({
    dataDir,
    settings: {
      ...{ fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
      // Databases come and go by the hundred, and each drop looks through all of it.
      shared_buffers: '128MB',
    },
  });
  return {
    adminUrl: server.adminUrl,
    stop: async () => {
      await server.stop();
      await rm(dirname(server.clusterDir), { recursive: true, force: true });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
