import {
  findLastExecution,
  listSeedUrls,
  readCampaign,
  readDepths,
  readExecutionDetail,
  sampleHosts,
  type Tx,
} from '@outrider/db';
import { planSeeds } from '@outrider/orchestrator';
import { type ExecutionDetail, hostOf, type PlannedHost, type PlannedUrl } from '@outrider/shared';
import type { Handlers } from '../app/route-request.js';
import { patchConfig } from '../campaigns/update-campaign.js';
import { estimateCampaign, type LastExecution } from './estimate-campaign.js';
import { estimateHost } from './estimate-hosts.js';
import { judgeByOrigin, type RobotsSummary, UNKNOWN_ROBOTS } from './judge-by-origin.js';
import { createUrlJudge, identifyUrls } from './judge-urls.js';

/**
 * What a campaign would do with URLs. Rests on what is known: the seeds, the robots.txt files that crawls
 * have read, the last execution. It sends nothing to any site: a plan of a stranger's URLs would be a way to
 * make the platform fetch them.
 */
export const planHandlers = {
  planCampaign: async (request) => {
    const { id: campaignId } = request.params;
    const body = await request.read(async (tx) => {
      const { urls: asked, changes } = request.body;
      const campaign = await readCampaign(tx, campaignId);
      const { configRevision } = campaign;
      const config = changes === undefined ? campaign.config : patchConfig(campaign.config, changes);
      const planned = planSeeds(config, await listSeedUrls(tx, campaignId));
      const identified = identifyUrls(config, asked);
      const last = await readLast(tx, campaignId);
      const known = identified.flatMap((one) => ('url' in one ? [one] : []));
      const seedUrls = planned.seeds.map(({ url }) => url);
      const origins = new Set(
        [...known.map(({ url }) => url), ...seedUrls].map((url) => new URL(url).origin),
      );
      const keys = known.map(({ key }) => key);
      const judge = createUrlJudge({
        config,
        seeds: {
          seedUrls,
          scopeHosts: planned.scopeHosts,
          seedKeys: new Set(planned.seeds.map((seed) => seed.urlKey)),
        },
        depths: last === null ? new Map() : await readDepths(tx, last.id, keys),
      });
      const { urls, robots } = await judgeByOrigin(tx, identified, { config, judge, origins });
      const samples = last === null ? [] : await sampleHosts(tx, last.id, last.detail.coverage.fetched);
      const hosts = hostsOf(urls, planned.scopeHosts, samples, robots).map((facts) =>
        estimateHost(facts, config),
      );
      return {
        campaignId,
        configRevision,
        counts: countVerdicts(urls),
        urls,
        hosts: hosts satisfies PlannedHost[],
        estimate: estimateCampaign(hosts, config, last),
      };
    });
    return { body };
  },
} as const satisfies Partial<Handlers>;

interface Last extends LastExecution {
  readonly detail: Omit<ExecutionDetail, 'waiting'>;
}

async function readLast(tx: Tx, campaignId: string): Promise<Last | null> {
  const id = await findLastExecution(tx, campaignId);
  if (id === null) return null;
  const detail = await readExecutionDetail(tx, id);
  return { id, number: detail.number, sitemapUrls: sitemapUrlsOf(detail), detail };
}

/** From the coverage receipt; null before there is one. */
function sitemapUrlsOf({ resultSummary }: Pick<ExecutionDetail, 'resultSummary'>): number | null {
  const receipt = resultSummary?.['receipt'];
  if (typeof receipt !== 'object' || receipt === null || !('discoveredByMethod' in receipt)) return null;
  const methods = receipt.discoveredByMethod;
  if (typeof methods !== 'object' || methods === null) return null;
  return 'sitemap' in methods && typeof methods.sitemap === 'number' ? methods.sitemap : 0;
}

function countVerdicts(urls: readonly PlannedUrl[]): Record<PlannedUrl['verdict'], number> {
  const counts = { in: 0, out: 0, invalid: 0 };
  for (const { verdict } of urls) counts[verdict] += 1;
  return counts;
}

/** Hosts of seeds and of URLs that are in, at most 1,000, those of the most pages first. */
function hostsOf(
  urls: readonly PlannedUrl[],
  scopeHosts: readonly string[],
  samples: Awaited<ReturnType<typeof sampleHosts>>,
  robots: ReadonlyMap<string, RobotsSummary>,
): Parameters<typeof estimateHost>[0][] {
  const urlsIn = new Map(scopeHosts.map((host) => [host, 0]));
  for (const { url, verdict } of urls) {
    if (url !== null && verdict === 'in') urlsIn.set(hostOf(url), (urlsIn.get(hostOf(url)) ?? 0) + 1);
  }
  const lastOf = new Map(samples.map((sample) => [sample.host, sample]));
  for (const { host } of samples) if (!urlsIn.has(host)) urlsIn.set(host, 0);
  // A site may be crawled by one of its schemes and asked about by both.
  const robotsOf = (host: string): RobotsSummary =>
    ['https', 'http']
      .map((scheme) => robots.get(`${scheme}://${host}`) ?? UNKNOWN_ROBOTS)
      .find(({ status }) => status !== 'unknown') ?? UNKNOWN_ROBOTS;
  return [...urlsIn]
    .map(([host, count]) => ({ host, urlsIn: count, robots: robotsOf(host), last: lastOf.get(host) ?? null }))
    .sort((a, b) => (b.last?.pages ?? b.urlsIn) - (a.last?.pages ?? a.urlsIn) || (a.host < b.host ? -1 : 1))
    .slice(0, 1_000);
}
