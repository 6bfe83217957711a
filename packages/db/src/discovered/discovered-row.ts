import type { DiscoveredUrl, DiscoveryMethod, SkipReason, TargetState } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { isoTime } from '../times/iso-time.js';

/** A line of the discovery log, beside the state of its target. */
export interface DiscoveredRow {
  execution_id: string;
  url_hash: string;
  discovered_url: string;
  source_url: string | null;
  discovery_method: DiscoveryMethod;
  url_depth: number | null;
  is_internal: boolean;
  should_crawl: boolean;
  skip_reason: SkipReason | null;
  skip_rule: string | null;
  state: TargetState | null;
  priority_score: number;
  discovered_at: Date;
}

/** For a query over `url_discovery_log log` and, outer joined, `crawl_targets target`. */
export function discoveredColumns(tx: Tx) {
  return tx.sql`
    log.execution_id, log.url_hash, log.discovered_url, log.source_url, log.discovery_method, log.url_depth,
    log.is_internal, log.should_crawl, log.skip_reason, log.skip_rule, target.state, log.priority_score,
    log.discovered_at`;
}

export function toDiscoveredUrl(row: DiscoveredRow): DiscoveredUrl {
  return {
    executionId: row.execution_id,
    urlHash: row.url_hash,
    discoveredUrl: row.discovered_url,
    sourceUrl: row.source_url,
    discoveryMethod: row.discovery_method,
    urlDepth: row.url_depth,
    isInternal: row.is_internal,
    shouldCrawl: row.should_crawl,
    skipReason: row.skip_reason,
    skipRule: row.skip_rule,
    state: row.state,
    priorityScore: row.priority_score,
    discoveredAt: isoTime(row.discovered_at),
  };
}
