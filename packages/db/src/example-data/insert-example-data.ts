import { campaignConfig, urlKey } from '@outrider/shared';
import { ensureTenant } from '../access/tenants.js';
import { storeAnalytics } from '../analytics/store-analytics.js';
import type { Database, Tx } from '../connect/database.js';
import {
  campaignConfigRevisions,
  campaignErrors,
  campaignExecutions,
  campaignMetrics,
  campaignSeeds,
  crawlerCampaigns,
  crawlerPerformanceMetrics,
  crawlerSchedules,
  crawlInlinks,
  crawlLinks,
  crawlResults,
  crawlTargets,
  eventStream,
  executionLanes,
  executionOperations,
  executionSitemaps,
  operationLanes,
  scheduleTicks,
  sitemapUrls,
  trapBudgets,
  urlDiscoveryLog,
} from '../schema/tables.js';
import { storeSitemapDifferences } from '../sitemaps/sitemap-differences.js';
import { EXAMPLE_MOMENT, exampleId } from './example-id.js';
import {
  type ExampleOwner,
  exampleBudget,
  exampleDiscoveries,
  exampleErrors,
  exampleInlinks,
  exampleLinks,
  exampleReceipt,
  exampleResults,
  exampleTargets,
} from './example-records.js';
import { insertExampleEvidence, insertExamplePoison } from './example-recovery.js';
import { EXAMPLE_SITEMAP_TOTALS, exampleSitemap, exampleSitemapUrls } from './example-sitemap.js';

const SECONDS = 12;
const ENDED = new Date(EXAMPLE_MOMENT.getTime() + SECONDS * 1_000);
const SEED = 'https://example.org/';
const config = campaignConfig.parse({});

async function insertCampaign(tx: Tx, { tenantId, campaignId, executionId }: ExampleOwner): Promise<void> {
  const scheduleId = exampleId(tenantId, 'schedule');
  await tx.orm
    .insert(crawlerCampaigns)
    .values({ id: campaignId, tenantId, name: 'Example', config, lastExecutionNumber: 1 })
    .onConflictDoNothing();
  await tx.orm
    .insert(campaignConfigRevisions)
    .values({ campaignId, tenantId, revision: 1, config })
    .onConflictDoNothing();
  await tx.orm
    .insert(campaignSeeds)
    .values({ id: exampleId(tenantId, 'seed'), tenantId, campaignId, url: SEED, urlKey: urlKey(SEED) })
    .onConflictDoNothing();
  await tx.orm
    .insert(crawlerSchedules)
    .values({
      id: scheduleId,
      tenantId,
      campaignId,
      name: 'Mondays',
      cron: '0 10 * * 1',
      status: 'paused',
      statusReason: 'paused_by_user',
    })
    .onConflictDoNothing();
  await tx.orm
    .insert(scheduleTicks)
    .values({
      ...{ scheduleId, tenantId, campaignId, scheduledFor: EXAMPLE_MOMENT, dueAt: EXAMPLE_MOMENT },
      ...{ outcome: 'started', reason: 'on_time', executionId, executionStatus: 'completed' },
    })
    .onConflictDoNothing();
}

async function insertExecution(tx: Tx, owner: ExampleOwner): Promise<void> {
  const { tenantId, campaignId, executionId, laneId } = owner;
  const { discovered, fetched, failed, skipped, ...receipt } = exampleReceipt();
  const totals = { discovered, fetched, failed, skipped };
  await tx.orm
    .insert(campaignExecutions)
    .values({
      ...{ id: executionId, tenantId, campaignId, number: 1, config, configRevision: 1, laneCount: 1 },
      ...{ executionType: 'scheduled', status: 'completed', endReason: 'frontier_exhausted' },
      ...{
        startedAt: EXAMPLE_MOMENT,
        completedAt: ENDED,
        inlinksIndexedAt: ENDED,
        durationSeconds: SECONDS,
        createdAt: EXAMPLE_MOMENT,
      },
      ...{ scopeHosts: ['example.org'], seedsDiscovered: 1, crawlersUsed: 1, memoryPeakMb: 120 },
      ...{ pagesCrawled: fetched, errorsEncountered: 2, triggeredBy: 'schedule', triggerReason: 'Mondays' },
      resultSummary: {
        receipt: { ...totals, ...receipt },
        ...{ countersMatch: true, errorsByType: { http: 1, timeout: 1 }, slowest: [], broken: [] },
        ...{
          averageResponseMs: 80,
          bytes: 2_000 * fetched,
          pagesPerSecond: fetched / SECONDS,
          sitemaps: EXAMPLE_SITEMAP_TOTALS,
        },
      },
    })
    .onConflictDoNothing();
  await tx.orm
    .insert(executionLanes)
    .values({
      ...{ id: laneId, tenantId, executionId, campaignId, laneNumber: 1, status: 'finished', epoch: 1 },
      // The seed is the start's own discovery, not the lane's.
      ...{ ...totals, discovered: discovered - 1, errors: 2, wireBytes: 2_000 * fetched, memoryPeakMb: 120 },
    })
    .onConflictDoNothing();
}

/** A pause that came too late: the execution ended first. */
async function insertOperation(tx: Tx, owner: ExampleOwner, id: string): Promise<void> {
  const { tenantId, campaignId, executionId, laneId, instanceId } = owner;
  await tx.orm
    .insert(executionOperations)
    .values({
      ...{ id, tenantId, campaignId, executionId, kind: 'pause', state: 'superseded', askedBy: 'a key' },
      ...{ reason: 'maintenance', graceMs: 30_000, askedAt: EXAMPLE_MOMENT, doneAt: ENDED },
    })
    .onConflictDoNothing();
  await tx.orm
    .insert(operationLanes)
    .values({
      ...{ operationId: id, laneId, tenantId, laneNumber: 1, instanceId, acknowledgedAt: EXAMPLE_MOMENT },
      ...{ inFlightThen: 1, inFlight: 0, finishedAt: ENDED },
    })
    .onConflictDoNothing();
}

async function insertLedger(tx: Tx, owner: ExampleOwner): Promise<void> {
  await tx.orm.insert(crawlTargets).values(exampleTargets(owner)).onConflictDoNothing();
  await tx.orm.insert(urlDiscoveryLog).values(exampleDiscoveries(owner)).onConflictDoNothing();
  await tx.orm.insert(crawlResults).values(exampleResults(owner)).onConflictDoNothing();
  await tx.orm.insert(crawlLinks).values(exampleLinks(owner)).onConflictDoNothing();
  await tx.orm.insert(crawlInlinks).values(exampleInlinks(owner)).onConflictDoNothing();
  await tx.orm.insert(executionSitemaps).values(exampleSitemap(owner)).onConflictDoNothing();
  await tx.orm.insert(sitemapUrls).values(exampleSitemapUrls(owner)).onConflictDoNothing();
  await storeSitemapDifferences(tx, owner.executionId);
  await tx.orm.insert(campaignErrors).values(exampleErrors(owner)).onConflictDoNothing();
  await tx.orm.insert(trapBudgets).values(exampleBudget(owner)).onConflictDoNothing();
}

async function insertFigures(tx: Tx, owner: ExampleOwner): Promise<void> {
  const { tenantId, campaignId, executionId, laneId, instanceId } = owner;
  const { discovered, fetched, failed, skipped, pending } = exampleReceipt();
  const counts = {
    pagesCrawled: fetched,
    errorsEncountered: 2,
    urlsDiscovered: discovered,
    wireBytes: 2_000 * fetched,
  };
  await tx.orm
    .insert(campaignMetrics)
    .values({ campaignId, tenantId, lastEventSeq: 2, executionsTotal: 1, ...counts, lastActivityAt: ENDED })
    .onConflictDoNothing();
  const [execution] = await tx.sql`
    select from campaign_executions where id = ${executionId} and analyzed_at is null`;
  const endedOn = ENDED.toISOString().slice(0, 10);
  if (execution !== undefined) await storeAnalytics(tx, { id: executionId, tenantId, campaignId, endedOn });
  await tx.orm
    .insert(crawlerPerformanceMetrics)
    .values({
      ...{
        instanceId,
        laneId,
        tenantId,
        campaignId,
        executionId,
        recordedAt: ENDED,
        pagesPerSecond: fetched / SECONDS,
      },
      ...{
        averageResponseTimeMs: 80,
        successRate: 0.6,
        errorRate: 0.4,
        cpuUsagePercent: 12,
        memoryUsageMb: 120,
      },
      ...{
        queueSize: 0,
        processedCount: fetched,
        pendingCount: 0,
        bandwidthMbps: 0.01,
        requestsPerMinute: 25,
      },
    })
    .onConflictDoNothing();
  const event = { campaignId, tenantId, executionId };
  await tx.orm
    .insert(eventStream)
    .values([
      {
        ...event,
        ...{ seq: 1, eventType: 'execution.queued', occurredAt: EXAMPLE_MOMENT },
        payload: { number: 1, executionType: 'scheduled', seeds: 1 },
      },
      {
        ...event,
        ...{ seq: 2, eventType: 'execution.ended', occurredAt: ENDED },
        payload: {
          ...{ from: 'running', to: 'completed', endReason: 'frontier_exhausted' },
          coverage: { discovered, fetched, failed, skipped, pending },
        },
      },
    ])
    .onConflictDoNothing();
}

/**
 * Inserts a campaign with one ended execution and all that it recorded, for a first look at the platform.
 * Without a tenant it makes one called "Example". Inserting it again changes nothing. Needs the system role.
 */
export async function insertExampleData(
  database: Database,
  options: { readonly tenantId?: string } = {},
): Promise<{ tenantId: string; campaignId: string; executionId: string }> {
  return database.withSystem(async (tx) => {
    const tenantId = options.tenantId ?? (await ensureTenant(tx, 'Example'));
    const id = (name: string): string => exampleId(tenantId, name);
    const owner: ExampleOwner = {
      tenantId,
      campaignId: id('campaign'),
      executionId: id('execution'),
      laneId: id('lane'),
      instanceId: id('instance'),
    };
    await insertCampaign(tx, owner);
    await insertExecution(tx, owner);
    await insertOperation(tx, owner, id('operation'));
    await insertLedger(tx, owner);
    await insertExampleEvidence(tx, owner);
    await insertExamplePoison(tx, owner);
    await insertFigures(tx, owner);
    return { tenantId, campaignId: owner.campaignId, executionId: owner.executionId };
  });
}
