import {
  appendEvent,
  countStartedExecution,
  insertExecution,
  insertSeedsAsTargets,
  insertSitemaps,
  type LockedCampaign,
  listExecutionSeeds,
  listLiveExecutions,
  listSeedUrls,
  lockCampaign,
  pinSitemaps,
  readExecution,
  readExecutionDetail,
  type Tx,
} from '@outrider/db';
import {
  type CampaignConfig,
  campaignConfig,
  type Execution,
  type ExecutionType,
  newId,
  OutriderError,
} from '@outrider/shared';
import type { CommandDeps } from './command-deps.js';
import { FIRST_EPOCH, offerLanes } from './offer-lanes.js';
import { planSeeds } from './plan-seeds.js';
import { planSitemaps } from './plan-sitemaps.js';

/** Who starts which campaign, and why. */
export interface StartRequest {
  readonly tenantId: string;
  readonly campaignId: string;
  readonly executionType: ExecutionType;
  /** A key's name, a schedule: shown in the history. */
  readonly triggeredBy: string;
  readonly reason: string | null;
  /** Crawl these URLs and nothing else, instead of what the campaign starts from. */
  readonly onlyUrls?: readonly string[];
  /** Start it beside one that has not ended, as a schedule with overlap `allow` does. */
  readonly beside?: boolean;
  /** An execution of the campaign whose configuration and seeds are taken, in place of the campaign's own. */
  readonly repeats?: string | null;
}

/** A hundred thousand seeds take a few seconds. */
const START_TIMEOUT_MS = 300_000;

/**
 * Queues an execution of a campaign: the execution, its lanes, its seeds on the frontier and the event in
 * one transaction, and after its commit the offers of the lanes. An offer that fails is not the caller's
 * concern: the execution is queued, and the reconciler offers its lanes again.
 *
 * Throws `not_found`, `campaign_archived`, `campaign_already_running` while another execution of the campaign has not ended,
 * and `no_seeds`.
 */
export async function startExecution(deps: CommandDeps, request: StartRequest): Promise<Execution> {
  const { execution, laneIds } = await deps.database.withTenant(
    request.tenantId,
    (tx) => queueExecution(tx, request),
    { statementTimeoutMs: START_TIMEOUT_MS },
  );
  deps.crashAt('before_enqueue');
  await offerLanes(
    deps,
    request.tenantId,
    laneIds.map((laneId) => ({ laneId, epoch: FIRST_EPOCH })),
  );
  deps.crashAt('after_enqueue');
  return execution;
}

/**
 * The same within a transaction of the caller's, who offers the lanes after its commit. What it throws it
 * throws before it has written anything.
 */
export async function queueExecution(
  tx: Tx,
  request: StartRequest,
): Promise<{ execution: Execution; laneIds: readonly string[] }> {
  const { tenantId, campaignId, executionType } = request;
  const campaign = await lockCampaign(tx, campaignId);
  if (campaign.isArchived) {
    throw new OutriderError('campaign_archived', 'Set its status to `active`, then start it.');
  }
  if (request.beside !== true && (await listLiveExecutions(tx, campaignId)).length > 0) {
    throw new OutriderError(
      'campaign_already_running',
      'Stop its execution, or wait until it has ended; if it is paused, resume it.',
    );
  }
  const { config, configRevision, seedUrls } = await planOf(tx, request, campaign);
  const { seeds, scopeHosts } = planSeeds(config, seedUrls);
  if (seeds.length === 0) throw new OutriderError('no_seeds', 'Add at least one seed to the campaign.');
  const executionId = newId();
  const { number, laneIds } = await insertExecution(tx, {
    executionId,
    tenantId,
    campaignId,
    executionType,
    config,
    configRevision,
    scopeHosts,
    seedsDiscovered: seeds.length,
    seedsSkipped: seeds.filter((seed) => seed.skip !== null).length,
    triggeredBy: request.triggeredBy,
    triggerReason: request.reason,
    repeatsExecutionId: request.repeats ?? null,
  });
  await insertSeedsAsTargets(tx, { executionId, tenantId, campaignId }, seeds);
  if (request.repeats != null) await pinSitemaps(tx, { executionId, tenantId, campaignId }, request.repeats);
  await insertSitemaps(tx, { executionId, tenantId, campaignId }, planSitemaps(config));
  const execution = await readExecution(tx, executionId);
  await countStartedExecution(tx, { tenantId, campaignId, seeds: seeds.length });
  await appendEvent(tx, {
    tenantId,
    campaignId,
    executionId,
    type: 'execution.queued',
    payload: { number, executionType, seeds: seeds.length },
  });
  return { execution, laneIds };
}

/** The configuration for a few URLs alone: no sitemaps, no links, nothing carried over, one lane. */
function listOnly(config: CampaignConfig): CampaignConfig {
  return {
    ...config,
    mode: 'list',
    lanes: 1,
    sitemaps: { fromRobots: false, urls: [] },
    fetch: { ...config.fetch, conditional: false },
  };
}

interface Plan extends Omit<LockedCampaign, 'isArchived'> {
  readonly seedUrls: readonly string[];
}

async function planOf(
  tx: Tx,
  { campaignId, repeats = null, onlyUrls }: StartRequest,
  campaign: LockedCampaign,
): Promise<Plan> {
  if (onlyUrls !== undefined) return { ...campaign, config: listOnly(campaign.config), seedUrls: onlyUrls };
  if (repeats === null) return { ...campaign, seedUrls: await listSeedUrls(tx, campaignId) };
  const earlier = await readExecutionDetail(tx, repeats);
  if (earlier.campaignId !== campaignId) {
    throw new OutriderError('not_found', 'The campaign has no such execution.');
  }
  return {
    config: campaignConfig.parse(earlier.config),
    configRevision: earlier.configRevision,
    seedUrls: await listExecutionSeeds(tx, repeats),
  };
}
