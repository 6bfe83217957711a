import {
  type Database,
  insertExecution,
  insertSeedsAsTargets,
  insertSitemaps,
  pinSitemaps,
} from '@outrider/db';
import type { TestDatabase } from '@outrider/db/testing';
import { type CampaignConfig, campaignConfig, hostOf, newId, urlKey } from '@outrider/shared';
import { createLogger, createMetrics } from '@outrider/telemetry';
import type { RenderService } from '../browser/render-service.js';
import { createAddressPolicy } from '../fetch/address-policy.js';
import { createFetcher, type Fetcher, type FetcherOptions } from '../fetch/fetcher.js';
import { ReadingThreads } from '../reading/reading-threads.js';
import { newSitemap } from '../sitemap/sitemap-findings.js';
import { CrawlWorker } from '../worker/crawl-worker.js';

type ConfigInput = Parameters<typeof campaignConfig.parse>[0];

export interface TestExecution {
  readonly tenantId: string;
  readonly campaignId: string;
  readonly executionId: string;
  readonly laneIds: readonly string[];
  readonly config: CampaignConfig;
}

/** Queues an execution over these seeds, straight in the ledger: of a campaign of its own, or the next of an earlier one's. */
export async function queueTestExecution(
  db: TestDatabase,
  seedUrls: readonly string[],
  configInput: ConfigInput = {},
  earlier: TestExecution | null = null,
): Promise<TestExecution> {
  const config = campaignConfig.parse(configInput);
  const { tenantId } = db;
  const campaignId = earlier?.campaignId ?? newId();
  const executionId = newId();
  const seeds = seedUrls.map((url) => ({ url, urlKey: urlKey(url), host: hostOf(url), skip: null }));
  const laneIds = await db.app.withTenant(tenantId, async (tx) => {
    if (earlier === null) {
      await tx.sql`insert into crawler_campaigns (id, tenant_id, name, config) values (${campaignId}, ${tenantId}, 'test', ${JSON.stringify(config)}::jsonb)`;
      await tx.sql`insert into campaign_metrics (campaign_id, tenant_id) values (${campaignId}, ${tenantId})`;
    }
    const queued = await insertExecution(tx, {
      executionId,
      tenantId,
      campaignId,
      executionType: 'manual',
      config,
      configRevision: 1,
      scopeHosts: [...new Set(seeds.map(({ host }) => host))],
      seedsDiscovered: seeds.length,
      seedsSkipped: 0,
      triggeredBy: 'test',
      triggerReason: null,
    });
    await insertSeedsAsTargets(tx, { executionId, tenantId, campaignId }, seeds);
    const sitemaps = config.sitemaps.urls.map((url) =>
      newSitemap(url, { foundIn: 'campaign', parentId: null, depth: 0, redirects: 0 }),
    );
    await insertSitemaps(tx, { executionId, tenantId, campaignId }, sitemaps);
    return queued.laneIds;
  });
  return { tenantId, campaignId, executionId, laneIds, config };
}

/** Queues an execution that repeats an earlier one, straight in the ledger. */
export async function queueTestRepeat(
  db: TestDatabase,
  seedUrls: readonly string[],
  earlier: TestExecution,
): Promise<TestExecution> {
  const repeat = await queueTestExecution(db, seedUrls, earlier.config, earlier);
  await db.app.withTenant(db.tenantId, async (tx) => {
    await tx.sql`
      update campaign_executions set repeats_execution_id = ${earlier.executionId} where id = ${repeat.executionId}`;
    await pinSitemaps(tx, repeat, earlier.executionId);
  });
  return repeat;
}

/** A worker in this process, on the test's database, with loopback allowed. */
export function startTestWorker(
  db: TestDatabase,
  options: {
    leaseMs?: number;
    standbyMs?: number;
    idleCores?: () => number | null;
    hostBackOffMs?: number;
    now?: () => number;
    allowPrivateNetworks?: boolean;
    fetcher?: Partial<FetcherOptions>;
    rendering?: RenderService;
    tenantDatabase?: Database;
  } = {},
): { worker: CrawlWorker; fetcher: Fetcher } {
  const fetcher = createFetcher({
    addressPolicy: createAddressPolicy({ allowPrivateNetworks: options.allowPrivateNetworks ?? true }),
    ...options.fetcher,
  });
  const logger = createLogger({ name: 'worker', level: 'warn' });
  const worker = new CrawlWorker({
    // The build's threads have no place in tests that run from sources; tests of processes use them.
    readings: new ReadingThreads(0, logger),
    tenantDatabase: options.tenantDatabase ?? db.app,
    systemDatabase: db.system,
    fetcher,
    rendering: options.rendering ?? null,
    logger,
    metrics: createMetrics('worker', { version: 'test' }),
    crashAt: () => {},
    leaseMs: options.leaseMs ?? 15_000,
    standbyMs: options.standbyMs ?? 0,
    ...(options.idleCores === undefined ? {} : { idleCores: options.idleCores }),
    hostBackOffMs: options.hostBackOffMs ?? 60_000,
    now: options.now ?? Date.now,
    capacity: 64,
    version: 'test',
  });
  return { worker, fetcher };
}

/**
 * Crawls every lane until nothing is pending or leased, then ends them as the orchestrator would. Rejects
 * when that takes longer than `withinMs`.
 */
export async function crawlToEnd(
  db: TestDatabase,
  worker: CrawlWorker,
  execution: TestExecution,
  withinMs = 20_000,
): Promise<void> {
  const lanes = execution.laneIds.map(() => worker.hear());
  const deadline = performance.now() + withinMs;
  while ((await countOpenTargets(db.system, execution.executionId)) > 0) {
    if (performance.now() > deadline) throw new Error('the crawl did not end in time');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  await db.system.withSystem(
    (tx) =>
      tx.sql`update execution_lanes set status = 'finished', lease_until = null where execution_id = ${execution.executionId}`,
  );
  await Promise.all(lanes);
}

async function countOpenTargets(database: Database, executionId: string): Promise<number> {
  const [row] = await database.withSystem(
    (tx) => tx.sql<{ open: number }[]>`select
      (select count(*)::int from crawl_targets where execution_id = ${executionId} and state in ('pending', 'leased'))
      + (select count(*)::int from execution_sitemaps where execution_id = ${executionId} and state in ('pending', 'reading'))
      as open`,
  );
  return row?.open ?? 0;
}
