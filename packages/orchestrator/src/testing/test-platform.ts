import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { beginLane, type Database, type LaneHold, type Tx } from '@outrider/db';
import { createTestDatabase, type TestDatabase } from '@outrider/db/testing';
import { type LaneQueue, openLaneQueue, prepareQueueStore, type QueueStore } from '@outrider/queue';
import { newId } from '@outrider/shared';
import { createLogger, createMetrics, type Logger, type Metrics } from '@outrider/telemetry';
import { inject } from 'vitest';

export const BACKENDS = ['redis', 'postgres'] as const;
export type Backend = (typeof BACKENDS)[number];

async function emptyRedis(url: string): Promise<void> {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end(`SELECT ${pathname.slice(1)}\r\nFLUSHDB\r\nQUIT\r\n`);
  const answer = await text(socket);
  if (answer !== '+OK\r\n+OK\r\n+OK\r\n') throw new Error(`Redis said: ${answer}`);
}

/** Redis databases 10 to 15 are this package's in a test run; each file has its own. */
export function testStore(backend: Backend, db: TestDatabase, place: number): QueueStore {
  if (backend === 'redis') return { kind: 'redis', url: `${inject('redisUrl')}/${place}` };
  return { kind: 'postgres', url: db.url, schema: `queue_${place}` };
}

/** A store that nothing listens on. */
export const DEAD_STORE: QueueStore = { kind: 'redis', url: 'redis://127.0.0.1:1' };

export interface TestPlatform {
  readonly db: TestDatabase;
  /** Of the system role, as the orchestrator has it. */
  readonly database: Database;
  readonly laneQueue: LaneQueue;
  readonly store: QueueStore;
  readonly metrics: Metrics<'orchestrator'>;
  readonly logger: Logger;
  /** What was logged, each line parsed. */
  readonly logged: Record<string, unknown>[];
  readonly crashAt: () => void;
  close(): Promise<void>;
}

/** A database of its own, a queue, and what else a duty or a command works with. */
export async function openTestPlatform(backend: Backend, place: number): Promise<TestPlatform> {
  const db = await createTestDatabase(inject('postgresAdminUrl'));
  const store = testStore(backend, db, place);
  await prepareQueueStore(store);
  if (store.kind === 'redis') await emptyRedis(store.url);
  const logged: Record<string, unknown>[] = [];
  const logger = createLogger({
    name: 'orchestrator',
    level: 'debug',
    destination: { write: (line) => logged.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const laneQueue = openLaneQueue(store, { logger });
  return {
    db,
    database: db.system,
    laneQueue,
    store,
    metrics: createMetrics('orchestrator', { version: 'test' }),
    logger,
    logged,
    crashAt: () => undefined,
    close: async () => {
      await laneQueue.close();
      await db.drop();
    },
  };
}

/** Takes a lane as a worker does, for an hour unless told otherwise. Throws when the lane is not to be had. */
export async function takeTestLane(
  { db }: Pick<TestPlatform, 'db'>,
  laneId: string,
  { epoch = 1, leaseMs = 3_600_000 }: { epoch?: number; leaseMs?: number } = {},
): Promise<LaneHold> {
  const taken = await db.app.withTenant(db.tenantId, (tx) =>
    beginLane(tx, { laneId, epoch }, { instanceId: newId(), leaseMs }),
  );
  if (taken === null) throw new Error(`lane ${laneId} is not to be had at epoch ${epoch}`);
  return taken.hold;
}

/** Lets the lease of a lane lapse. */
export async function lapseLease({ db }: Pick<TestPlatform, 'db'>, laneId: string): Promise<void> {
  await db.app.withTenant(
    db.tenantId,
    ({ sql }) =>
      sql`update execution_lanes set lease_until = now() - interval '1 second' where id = ${laneId}`,
  );
}

/** The events of an execution in order. */
export async function readEvents(
  { db }: Pick<TestPlatform, 'db'>,
  executionId: string,
): Promise<{ seq: number; type: string; payload: Record<string, unknown> }[]> {
  return db.app.withTenant(
    db.tenantId,
    ({ sql }) => sql<{ seq: number; type: string; payload: Record<string, unknown> }[]>`
      select seq, event_type as type, payload from event_stream where execution_id = ${executionId} order by seq`,
  );
}

/** The value of a counter with one label, as Prometheus would read it. */
export async function repairsOf(metrics: Metrics<'orchestrator'>, repair: string): Promise<number> {
  const exposition = await metrics.registry.metrics();
  const line = exposition
    .split('\n')
    .find((one) => one.startsWith(`outrider_reconciler_repairs_total{repair="${repair}"}`));
  return Number(line?.split(' ').at(-1) ?? Number.NaN);
}

/** Rows of a table that belong to the test's tenant. */
export async function countRows({ db }: Pick<TestPlatform, 'db'>, table: string): Promise<number> {
  const [row] = await db.app.withTenant(
    db.tenantId,
    ({ sql }: Tx) => sql<{ count: number }[]>`select count(*) from ${sql(table)}`,
  );
  return row?.count ?? 0;
}
