import { campaignDelay, type HostDelay } from '@outrider/db';
import type { PolitenessConfig } from '@outrider/shared';

/** How far apart the fetches of each host are to start, as far as a lane knows: the campaign's delay or the site's. */
export class HostDelays {
  readonly #known = new Map<string, HostDelay>();
  readonly #politeness: PolitenessConfig;

  constructor(politeness: PolitenessConfig) {
    this.#politeness = politeness;
  }

  /** Undefined until the host's robots.txt is known, if that is obeyed. */
  of(host: string): HostDelay | undefined {
    const { obeyRobots, delayMs } = this.#politeness;
    return obeyRobots ? this.#known.get(host) : campaignDelay(delayMs);
  }

  /**
   * Notes a host's Crawl-delay, in seconds, or that it has none. Returns the delay that holds, the slower of
   * the site's and the campaign's, and whether that is slower than what the lane went by.
   */
  learn(host: string, crawlDelaySeconds: number | null): HostDelay & { readonly isSlower: boolean } {
    const ofCampaign = campaignDelay(this.#politeness.delayMs);
    const crawlDelayMs = Math.round((crawlDelaySeconds ?? 0) * 1_000);
    const delay: HostDelay =
      crawlDelayMs > ofCampaign.delayMs ? { delayMs: crawlDelayMs, cause: 'crawl_delay' } : ofCampaign;
    const before = this.#known.get(host) ?? ofCampaign;
    this.#known.set(host, delay);
    return { isSlower: delay.delayMs > before.delayMs, ...delay };
  }
}
