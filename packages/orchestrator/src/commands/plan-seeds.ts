import type { PlannedSeed } from '@outrider/db';
import { type CampaignConfig, createUrlIdentity, createUrlScope, hostOf, urlKey } from '@outrider/shared';

export interface SeedPlan {
  /** Distinct by key, in the order of the campaign. */
  readonly seeds: readonly PlannedSeed[];
  /** Hosts of the seeds, each once: what `scope.within` starts from. */
  readonly scopeHosts: readonly string[];
}

/**
 * What an execution starts from: the campaign's seeds with its parameters stripped, those that became
 * the same URL counted once, each with the decision of the scope's patterns; pure.
 */
export function planSeeds(config: CampaignConfig, seedUrls: readonly string[]): SeedPlan {
  const identify = createUrlIdentity(config.scope);
  const byKey = new Map<string, string>();
  for (const seedUrl of seedUrls) {
    const url = identify(seedUrl);
    const key = urlKey(url);
    if (!byKey.has(key)) byKey.set(key, url);
  }
  const urls = [...byKey.values()];
  const scopeHosts = [...new Set(urls.map(hostOf))];
  const scope = createUrlScope(config.scope, scopeHosts, urls);
  const seeds = [...byKey].map(([key, url]): PlannedSeed => {
    const verdict = scope.decide(url, 0);
    const skip = verdict.crawl ? null : { reason: verdict.reason, rule: verdict.rule };
    return { url, urlKey: key, host: hostOf(url), skip };
  });
  return { seeds, scopeHosts };
}
