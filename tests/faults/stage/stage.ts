import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '@outrider/db/testing';
import { type ExpectedCrawl, type Oracle, type SitePlan, startOracle } from '@outrider/oracle';
import { type QueueStore, queueStoreFrom } from '@outrider/queue';
import { parseSettings } from '@outrider/shared';
import postgresClient from 'postgres';
import { type ApiClient, createApiClient } from '../../platform/api-client.js';
import {
  type Launch,
  type LaunchedProcess,
  launchProcess,
  type PlatformProcess,
  type ProcessName,
} from '../../platform/child-process.js';
import { type NetworkLink, openNetworkLink } from '../nemesis/network-link.js';
import { mountSmallDisk, type SmallDisk } from '../nemesis/small-disk.js';
import { type EventReader, followEvents } from '../recorders/event-reader.js';
import { type PostgresPlan, type PostgresServer, startPostgresServer } from './postgres-server.js';
import { type RedisServer, startRedisServer } from './redis-server.js';
import { seededRandom } from './seeded-random.js';
import { Verdicts } from './verdicts.js';

export type QueueBackend = 'postgres' | 'redis';

/** What a configuration wants of its stage. */
export interface StagePlan {
  readonly site?: Partial<SitePlan>;
  /** A PostgreSQL of its own, which it may break; the run's shared one unless given. */
  readonly ownPostgres?: PostgresPlan & { readonly diskMegabytes?: number };
  readonly redisKeepsLog?: boolean;
  /** Environment of every process besides what the platform needs. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface StageOptions {
  readonly plan: StagePlan;
  readonly backend: QueueBackend;
  readonly seed: number;
  readonly postgresAdminUrl: string;
  readonly packagesDir?: string | undefined;
  /** Statements for the administrator of the new database. */
  readonly prepare?: readonly string[];
}

/** Enough that a fault meets a crawl that goes on for seconds, with everything a site can do wrong planted. */
const SITE: Omit<SitePlan, 'seed'> = {
  pages: 300,
  linksPerPage: 6,
  delayMs: 25,
  plant: { notFound: 8, redirects: 8, outOfScope: 8, robotsTxt: 'User-agent: *\nDisallow: /missing/1$\n' },
};
/** Fetches on the host at once that every campaign here allows. */
export const CONCURRENCY = 4;
export const LEASE_MS = 3_000;

const ENDED = /^(completed|failed|stopped|cancelled)$/;

/** Something did not come in time, which is a violation of I3. */
export class TooLate extends Error {}

/** A platform of real processes with stores of its own, a site, and everything that looks on. */
export class Stage {
  readonly verdicts = new Verdicts();
  readonly random: () => number;
  readonly processes: PlatformProcess[] = [];
  readonly environment: Readonly<Record<string, string>>;
  readonly api: ApiClient;
  readonly queueStore: QueueStore;
  readonly #key: string;
  readonly #address: { port: number; host: string } = { port: 0, host: '127.0.0.1' };
  readonly #hosts = new Map<PlatformProcess, string>();
  readonly #ended = new Set<PlatformProcess>();
  /** The site's origin as the crawl knows it. */
  siteOrigin: string;
  readonly #readers = new Map<string, EventReader>();
  readonly #cleanups: (() => Promise<unknown>)[] = [];
  readonly #packagesDir: string | undefined;

  constructor(
    readonly backend: QueueBackend,
    readonly seed: number,
    readonly oracle: Oracle,
    readonly db: TestDatabase,
    /** Undefined on the run's shared server, which no configuration may break. */
    readonly postgres: PostgresServer | undefined,
    readonly redis: RedisServer | undefined,
    /** What its own PostgreSQL lies on, if that is to fill up. */
    readonly disk: SmallDisk | undefined,
    options: StageOptions,
  ) {
    this.random = seededRandom(seed);
    this.siteOrigin = oracle.origin;
    this.#packagesDir = options.packagesDir;
    this.#key = randomBytes(32).toString('base64url');
    this.environment = {
      DATABASE_URL: db.url,
      ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
      OUTRIDER_API_KEY: this.#key,
      OUTRIDER_ALLOW_PRIVATE_NETWORKS: '1',
      OUTRIDER_SUPERVISED: '1',
      OUTRIDER_LANE_LEASE_MS: String(LEASE_MS),
      // Both are to have pages from the beginning.
      OUTRIDER_LANE_STANDBY_MS: '0',
      // One lane each, so that two workers share an execution of two lanes.
      OUTRIDER_WORKER_LANES: '1',
      OUTRIDER_RECONCILE_INTERVAL_MS: '500',
      PORT: '0',
      METRICS_PORT: '0',
      LOG_LEVEL: 'info',
      ...options.plan.environment,
    };
    this.api = createApiClient(this.#address, this.#key);
    this.queueStore = queueStoreFrom(parseSettings(this.environment));
  }

  /** In the environment of every process of this stage and of no other. */
  get marker(): string {
    return this.#key;
  }

  get apiOrigin(): string {
    return `http://${this.#address.host}:${this.#address.port}`;
  }

  get expected(): ExpectedCrawl {
    return this.oracle.expectedUnder({}, this.siteOrigin);
  }

  /** The address that a process listens on. */
  hostOf(process: PlatformProcess): string {
    return this.#hosts.get(process) ?? '127.0.0.1';
  }

  launch(name: ProcessName, environment: Record<string, string> = {}, launch: Launch = {}): LaunchedProcess {
    const all = { ...this.environment, ...environment };
    return launchProcess(name, all, { packagesDir: this.#packagesDir, ...launch });
  }

  /** Starts a process and waits until it is ready; `environment` adds to the platform's. */
  async start(
    name: ProcessName,
    environment: Record<string, string> = {},
    launch: Launch = {},
  ): Promise<PlatformProcess> {
    const started = await this.launch(name, environment, launch).ready;
    this.adopt(started, environment['OUTRIDER_HOST']);
    return started;
  }

  /** Counts a launched process as this stage's: it is ended with it. */
  adopt(started: PlatformProcess, host = '127.0.0.1'): void {
    this.processes.push(started);
    void started.ended.then(() => this.#ended.add(started));
    this.#hosts.set(started, host);
    if (started.name === 'api') Object.assign(this.#address, { port: Number(started.facts['port']), host });
  }

  /** Those of its processes that have not ended. */
  running(name: ProcessName): PlatformProcess[] {
    return this.processes.filter((one) => one.name === name && !this.#ended.has(one));
  }

  /** An API, an orchestrator and so many workers, in this order. */
  async startPlatform(workers: number): Promise<PlatformProcess[]> {
    const [api, orchestrator, ...others] = await Promise.all([
      this.start('api'),
      this.start('orchestrator'),
      ...Array.from({ length: workers }, () => this.start('worker')),
    ]);
    void api;
    void orchestrator;
    return others;
  }

  /** A piece of network of a process's own between it and PostgreSQL; give it `environment` of the result. */
  async linkToPostgres(): Promise<{ link: NetworkLink; environment: Record<string, string> }> {
    const { link, href } = await this.#linkTo(this.db.url);
    return { link, environment: { DATABASE_URL: href } };
  }

  /** The same to Redis; null where the queue is on PostgreSQL. */
  async linkToRedis(): Promise<{ link: NetworkLink; environment: Record<string, string> } | null> {
    if (this.redis === undefined) return null;
    const { link, href } = await this.#linkTo(this.redis.url);
    return { link, environment: { REDIS_URL: href } };
  }

  async #linkTo(address: string): Promise<{ link: NetworkLink; href: string }> {
    const url = new URL(address);
    const link = await openNetworkLink(Number(url.port));
    this.onClose(() => link.close());
    url.port = String(link.port);
    return { link, href: url.href };
  }

  async createCampaign(config: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const campaign = await this.api.call('createCampaign', {
      body: {
        name: 'fault',
        seeds: [`${this.siteOrigin}/`],
        lanes: 2,
        politeness: { maxConcurrencyPerHost: CONCURRENCY },
        ...config,
      },
    });
    this.#readers.set(campaign.id, followEvents(this.db, campaign.id));
    return campaign.id;
  }

  async startExecution(campaignId: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const { execution } = await this.api.call('startCampaign', {
      params: { id: campaignId },
      body: {},
      headers,
    });
    return execution.id;
  }

  /** Starts the crawl that most faults are done to. */
  async startCrawl(config: Readonly<Record<string, unknown>> = {}): Promise<string> {
    return this.startExecution(await this.createCampaign(config));
  }

  /** Waits until something is so. Errors count as not yet: what is asked may be down just now. */
  async until(what: string, isSo: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
    const giveUpAt = performance.now() + withinMs;
    for (;;) {
      if (await Promise.resolve(isSo()).catch(() => false)) return;
      if (performance.now() > giveUpAt) throw new TooLate(`${what}: not within ${withinMs} ms`);
      await sleep(20);
    }
  }

  fetchedAtLeast(urls: number): Promise<void> {
    return this.until(`${urls} fetches at the site`, () => this.oracle.fetches().length >= urls);
  }

  /** I3: the execution ends within the time that the fault allows. Returns its last state, as the API tells it. */
  async ended(executionId: string, withinMs = 60_000): Promise<string> {
    let status = 'unknown';
    const read = async (): Promise<boolean> => {
      status = (await this.api.call('getExecution', { params: { id: executionId } })).status;
      return ENDED.test(status);
    };
    await this.until('the end', read, withinMs).catch(() => undefined);
    const violations = ENDED.test(status)
      ? []
      : [`it is ${status} after ${withinMs} ms: ${await this.#standing(executionId)}`];
    this.verdicts.record('I3', violations);
    return status;
  }

  /** What an execution that does not end looks like, for whoever has to find out why. */
  async #standing(executionId: string): Promise<string> {
    const rows = await this.db.system
      .withSystem(
        (tx) => tx.sql`
          select (select json_object_agg(state, n) from (select state, count(*) as n from crawl_targets
              where execution_id = ${executionId} group by 1) target) as urls,
            (select json_agg(json_build_object('status', status, 'epoch', epoch, 'inFlight', in_flight,
              'leaseLeft', lease_until - now(), 'waits', waiting_reason) order by lane_number) from execution_lanes
              where execution_id = ${executionId}) as lanes,
            (select json_agg(json_build_object('state', state, 'wait', wait_event, 'query', left(query, 80)))
              from pg_stat_activity where datname = current_database() and state <> 'idle' and pid <> pg_backend_pid()) as sessions`,
      )
      .catch((error: unknown) => [{ unknown: String(error) }]);
    return JSON.stringify(rows[0]);
  }

  /** The worker with the most URLs leased right now. */
  async busiest(workers: readonly PlatformProcess[]): Promise<PlatformProcess> {
    let found: PlatformProcess | undefined;
    await this.until('a worker that holds URLs', async () => {
      const rows = await this.db.system.withSystem(
        (tx) => tx.sql<{ instance_id: string }[]>`
          select lane.instance_id from crawl_targets target join execution_lanes lane on lane.id = target.lane_id
          where target.state = 'leased' and lane.status = 'active' group by 1 order by count(*) desc`,
      );
      found = rows
        .map(({ instance_id }) => workers.find(({ facts }) => facts['instanceId'] === instance_id))
        .find((worker) => worker !== undefined);
      return found !== undefined;
    });
    if (found === undefined) throw new Error('no worker holds URLs');
    return found;
  }

  async count(eventType: string): Promise<number> {
    const [row] = await this.db.system.withSystem(
      (tx) => tx.sql<{ n: number }[]>`
        select count(*)::int as n from event_stream where event_type = ${eventType}`,
    );
    return row?.n ?? 0;
  }

  /** What a client has seen of the events of a campaign; it looks once more first. */
  async eventsOf(campaignId: string): Promise<EventReader['seen']> {
    const reader = this.#readers.get(campaignId);
    await reader?.catchUp();
    return reader?.seen ?? [];
  }

  onClose(cleanup: () => Promise<unknown>): void {
    this.#cleanups.unshift(cleanup);
  }

  /** Tells every process to end, as an operator would; returns what did not end well. */
  async shutDown(): Promise<string[]> {
    const limit = sleep(45_000, 'late' as const, { ref: false });
    const endings = this.processes.map(async (one) => {
      const code = await Promise.race([one.kill('SIGTERM').then(() => one.ended), limit]);
      return code === 'late' ? [`${one.name} ${one.pid} did not end`] : [];
    });
    return (await Promise.all(endings)).flat();
  }

  logs(): string {
    return this.processes.map(({ name, pid, log }) => `--- ${name} ${pid}\n${log()}`).join('\n');
  }

  async close(): Promise<void> {
    openStages.delete(this);
    const steps = [
      ...[...this.#readers.values()].map((reader) => () => reader.stop()),
      () => Promise.all(this.processes.map((one) => one.kill('SIGKILL'))),
      ...this.#cleanups,
      () => this.db.drop(),
      () => this.oracle.close(),
      () => this.redis?.stop() ?? Promise.resolve(),
      () => this.postgres?.stop() ?? Promise.resolve(),
      () => this.disk?.remove() ?? Promise.resolve(),
    ];
    for (const step of steps) {
      await Promise.resolve(step()).catch((error: unknown) =>
        process.stderr.write(`while clearing up: ${String(error)}\n`),
      );
    }
  }
}

const openStages = new Set<Stage>();

/** Clears up what is still open: for a program that is told to end in the middle. */
export async function closeOpenStages(): Promise<void> {
  await Promise.all([...openStages].map((stage) => stage.close()));
}

/** Sets a stage: stores, a database, a site. No process of the platform runs yet. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const { plan, backend, seed } = options;
  const { diskMegabytes, ...server } = plan.ownPostgres ?? {};
  const disk = diskMegabytes === undefined ? undefined : await mountSmallDisk(diskMegabytes);
  const place = disk === undefined ? {} : { dataDir: disk.path };
  const postgres =
    plan.ownPostgres === undefined ? undefined : await startPostgresServer({ ...server, ...place });
  const redis =
    backend === 'redis' ? await startRedisServer({ keepsLog: plan.redisKeepsLog ?? false }) : undefined;
  const db = await createTestDatabase(postgres?.adminUrl ?? options.postgresAdminUrl);
  if (options.prepare !== undefined) await runStatements(db.url, options.prepare);
  const oracle = await startOracle({ ...SITE, seed, ...plan.site });
  const stage = new Stage(backend, seed, oracle, db, postgres, redis, disk, options);
  openStages.add(stage);
  return stage;
}

async function runStatements(databaseUrl: string, statements: readonly string[]): Promise<void> {
  const sql = postgresClient(databaseUrl, { max: 1 });
  try {
    for (const statement of statements) await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}
