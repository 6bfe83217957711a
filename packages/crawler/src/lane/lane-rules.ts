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
  readonly #readScope: () => Promise<LaneScope>;
  readonly #duplicates: DuplicateWatch;
  readonly #numbers: NumberWatch;
  #rules: DiscoveryRules | null = null;
  #version = -1;

  constructor(config: CampaignConfig, readScope: () => Promise<LaneScope>) {
    this.#config = config;
    this.#readScope = readScope;
    this.#duplicates = new DuplicateWatch(config.traps.maxDuplicates);
    this.#numbers = new NumberWatch(config.lanes);
  }

  /** The rules at this moment. Throws before `ensure` was called. */
  get current(): DiscoveryRules {
    if (this.#rules === null) throw new Error('a URL was handed out before the scope was read');
    return this.#rules;
  }

  /** Reads the scope anew unless it is of this version. */
  async ensure(wanted: number): Promise<void> {
    if (wanted === this.#version) return;
    const config = this.#config;
    const { hosts, version, seedFolders, seedOrigins, closedPatterns, newRules } = await this.#readScope();
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
    this.#version = version;
  }
}
