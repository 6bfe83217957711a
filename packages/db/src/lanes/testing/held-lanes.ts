import { type CampaignConfig, campaignConfig, hostOf, newId, urlKey } from '@outrider/shared';
import type { Tx } from '../../connect/database.js';
import {
  type ClaimedTarget,
  type ClaimOutcome,
  type ClaimRequest,
  campaignDelay,
  claimTargets,
} from '../../frontier/claim-targets.js';
import { type CommitOutcome, commitBatch } from '../../frontier/commit-batch.js';
import { encodePageLinks } from '../../links/page-links.js';
import type { Discovery, FetchedPage, Settlement } from '../../records/settlement.js';
import { plantExecution } from '../../testing/plant-execution.js';
import type { TestDatabase } from '../../testing/test-database.js';
import { beginLane } from '../begin-lane.js';
import type { LaneHold } from '../take-lane.js';

type ConfigInput = Parameters<typeof campaignConfig.parse>[0];
export type Claimed = Extract<ClaimOutcome, { kind: 'held' }>;

/** A running execution with all its lanes held, and what their workers would do to it. */
export interface HeldLanes {
  readonly executionId: string;
  readonly config: CampaignConfig;
  readonly holds: readonly LaneHold[];
  within<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Claims as lane `index` with room for 100 URLs and nothing else going on, except for the changes. */
  claim(index: number, changes?: Partial<ClaimRequest>): Promise<Claimed>;
  commit(index: number, settlements: readonly Settlement[]): Promise<CommitOutcome>;
  /** The lanes' counters, added up. */
  counters(): Promise<Record<string, number>>;
}

export async function holdLanes(
  db: TestDatabase,
  options: { readonly seeds: readonly string[]; readonly config?: ConfigInput; readonly leaseMs?: number },
): Promise<HeldLanes> {
  const config = campaignConfig.parse(options.config ?? {});
  const leaseMs = options.leaseMs ?? 60_000;
  const { executionId, laneIds } = await plantExecution(db, { seeds: options.seeds, config });
  const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => db.app.withTenant(db.tenantId, work);
  const holds: LaneHold[] = [];
  for (const laneId of laneIds) {
    const taken = await within((tx) => beginLane(tx, { laneId, epoch: 1 }, { instanceId: newId(), leaseMs }));
    if (taken !== null) holds.push(taken.hold);
  }
  const holdOf = (index: number): LaneHold => {
    const hold = holds[index];
    if (hold === undefined) throw new RangeError(`there is no lane ${index}`);
    return hold;
  };
  return {
    executionId,
    config,
    holds,
    within,
    async claim(index, changes = {}) {
      const outcome = await within((tx) =>
        claimTargets(tx, holdOf(index), claimRequest(config, { leaseMs, ...changes })),
      );
      if (outcome.kind === 'lost') throw new Error('the lane is lost');
      return outcome;
    },
    commit: (index, settlements) =>
      within((tx) => commitBatch(tx, holdOf(index), { settlements, scopeHosts: [] })),
    async counters() {
      const [sums] = await within(
        (tx) => tx.sql<Record<string, number>[]>`
          select sum(discovered)::int as discovered, sum(skipped)::int as skipped, sum(fetched)::int as fetched,
            sum(failed)::int as failed, sum(errors)::int as errors, sum(in_flight)::int as in_flight
          from execution_lanes where execution_id = ${executionId}`,
      );
      return { ...sums };
    },
  };
}

/** A claim with room for 100 URLs by a lane that has nothing yet and knows every robots.txt. */
export function claimRequest(config: CampaignConfig, changes: Partial<ClaimRequest> = {}): ClaimRequest {
  return {
    wanted: 100,
    leaseMs: 60_000,
    config,
    inFlight: new Map(),
    held: new Set(),
    delayOf: () => campaignDelay(config.politeness.delayMs),
    seen: new Map(),
    backOffMs: 60_000,
    afterHost: '',
    ...changes,
  };
}

/** The settlement of a claimed URL that answered, with what its page named. */
export function fetched(
  target: ClaimedTarget,
  discoveries: readonly Discovery[] = [],
  changes: Partial<FetchedPage> = {},
): Settlement {
  const page: FetchedPage = {
    url: target.url,
    host: target.host,
    depth: target.depth,
    attempt: target.attempt,
    statusCode: 200,
    contentType: 'text/html',
    isHtml: true,
    fetchedAt: new Date(),
    ttfbMs: 1.5,
    totalMs: 3,
    wireBytes: 100,
    decodedBytes: 200,
    redirectUrl: null,
    redirectKey: null,
    title: 'A page',
    titleLength: null,
    titlePixels: null,
    description: null,
    descriptionLength: null,
    descriptionPixels: null,
    h1: null,
    canonicalUrl: null,
    indexable: true,
    indexabilityReason: null,
    language: null,
    wordCount: 3,
    internalLinks: 0,
    externalLinks: 0,
    bodyHash: null,
    textHash: null,
    mainTextHash: null,
    simhash: null,
    soft404Score: null,
    response: '{}',
    page: null,
    rendering: null,
    ...changes,
  };
  return {
    urlKey: target.urlKey,
    attempt: target.attempt,
    verdict: { kind: 'fetched', page, links: encodePageLinks([]) },
    discoveries,
    errors: [],
  };
}

/** A URL that a page named, to be crawled unless the changes say why not. */
export function discovery(url: string, changes: Partial<Discovery> = {}): Discovery {
  return {
    url,
    urlKey: urlKey(url),
    host: hostOf(url),
    sourceUrl: 'http://a.test/',
    method: 'link',
    depth: 1,
    isInternal: true,
    skip: null,
    priority: 999,
    redirectHops: [],
    isSeed: false,
    ...changes,
  };
}
