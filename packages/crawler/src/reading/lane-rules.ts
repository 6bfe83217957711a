import type { LaneScope } from '@outrider/db';
import { type CampaignConfig, createTrapGuard, createUrlIdentity, createUrlScope } from '@outrider/shared';
import type { DiscoveryRules } from '../record/link-discovery.js';
import { UrlMemory } from '../record/url-memory.js';
import { DuplicateWatch } from '../traps/duplicate-watch.js';
import { LaneTraps } from '../traps/lane-traps.js';
import { NumberWatch } from '../traps/number-watch.js';

/** What a lane decides URLs by: made of the campaign's configuration and of a scope that may change while it runs. */
export class LaneRules {
  readonly #config: CampaignConfig;
  readonly #duplicates: DuplicateWatch;
  readonly #numbers: NumberWatch;
  #rules: DiscoveryRules | null = null;

  constructor(config: CampaignConfig) {
    this.#config = config;
    this.#duplicates = new DuplicateWatch(config.traps.maxDuplicates);
    this.#numbers = new NumberWatch(config.lanes);
  }

  /** The rules at this moment. Throws before `apply` was called. */
  get current(): DiscoveryRules {
    if (this.#rules === null) throw new Error('a URL was handed out before the scope was read');
    return this.#rules;
  }

  /** Makes the rules anew of a scope that has changed. What was learnt of duplicates and numbers stays. */
  apply({ hosts, seedFolders, seedOrigins, closedPatterns, newRules }: LaneScope): void {
    const config = this.#config;
    const scope = createUrlScope({ ...config.scope, ...newRules }, hosts, seedFolders);
    const guard = createTrapGuard(config.traps, config.scope.within, hosts);
    this.#duplicates.learn(closedPatterns);
    this.#rules = {
      config,
      scope,
      hasNewRules: newRules !== null,
      traps: new LaneTraps(guard, this.#duplicates, this.#numbers, config.traps.maxDuplicates),
      seedOrigins: new Set(seedOrigins),
      memory: new UrlMemory(scope, createUrlIdentity(config.scope)),
    };
  }

  /** Learns that the pages of a pattern repeat each other. */
  close(pattern: string): void {
    this.#duplicates.learn([pattern]);
  }
}
