import type { TargetState } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Fragment, mergeOrdered } from '../cursors/bounded-scan.js';
import type { DiscoveredFilter } from './discovered-filter.js';

interface Candidates {
  readonly candidates: Fragment;
}

/**
 * Where a list of discovered URLs looks for those that its filter wants: the shortest row of URLs that an index has in
 * the order of their keys and that holds all of them; else all URLs of the execution. What the index does not know of
 * the filter is left to the caller.
 */
export async function discoveredCandidates(tx: Tx, filter: DiscoveredFilter): Promise<Candidates> {
  const { skipReason, shouldCrawl, state, discoveryMethod, host } = filter;
  // What has a reason to be skipped is not to be crawled; saying both lets the partial index of the skipped serve.
  if (skipReason !== undefined) {
    return urlsAfter(tx, filter, tx.sql`and not should_crawl and skip_reason = ${skipReason}`);
  }
  if (state !== undefined && state !== 'fetched') return inState(tx, filter, state);
  if (host !== undefined) return urlsAfter(tx, filter, tx.sql`and host = ${host}`);
  if (discoveryMethod !== undefined && discoveryMethod !== 'link') {
    return urlsAfter(
      tx,
      filter,
      tx.sql`and discovery_method <> 'link' and discovery_method = ${discoveryMethod}`,
    );
  }
  if (shouldCrawl === false) return skipped(tx, filter);
  return urlsAfter(tx, filter, tx.sql``);
}

function urlsAfter(tx: Tx, { executionId, after }: DiscoveredFilter, condition: Fragment): Candidates {
  return {
    candidates: tx.sql`
      select * from url_discovery_log
      where execution_id = ${executionId} ${condition}
        ${after === null ? tx.sql`` : tx.sql`and url_hash > ${after[0] ?? ''}::uuid`}
      order by url_hash`,
  };
}

/** Of the skipped, the index has those of one reason in order. */
async function skipped(tx: Tx, filter: DiscoveredFilter): Promise<Candidates> {
  const { executionId } = filter;
  const reasons = await tx.sql<{ reason: string }[]>`
    with recursive found as (
      (select skip_reason from url_discovery_log
        where execution_id = ${executionId} and not should_crawl order by skip_reason limit 1)
      union all
      select (select next.skip_reason from url_discovery_log next
        where next.execution_id = ${executionId} and not next.should_crawl and next.skip_reason > found.skip_reason
        order by next.skip_reason limit 1)
      from found where found.skip_reason is not null
    )
    select skip_reason as reason from found where skip_reason is not null`;
  const arms = reasons.map(
    ({ reason }) =>
      urlsAfter(tx, filter, tx.sql`and not should_crawl and skip_reason = ${reason}`).candidates,
  );
  const none = urlsAfter(tx, filter, tx.sql`and false`).candidates;
  return { candidates: mergeOrdered(tx, arms, { order: tx.sql`url_hash`, none }) };
}

/**
 * Targets in a state that few have. Pending ones are many or, once the frontier is empty, none: then nothing is looked
 * at. Leased ones are as many as lanes hold at a moment.
 */
async function inState(
  tx: Tx,
  filter: DiscoveredFilter,
  state: Exclude<TargetState, 'fetched'>,
): Promise<Candidates> {
  const { executionId, after } = filter;
  switch (state) {
    case 'pending': {
      const [any] = await tx.sql`
        select from crawl_targets where execution_id = ${executionId} and state = 'pending' limit 1`;
      return urlsAfter(tx, filter, any === undefined ? tx.sql`and false` : tx.sql``);
    }
    case 'leased': {
      const leased = await tx.sql<{ url_key: string }[]>`
        select url_key from crawl_targets where execution_id = ${executionId} and state = 'leased'`;
      return urlsAfter(tx, filter, tx.sql`and url_hash = any(${leased.map((row) => row.url_key)}::uuid[])`);
    }
    case 'failed':
    case 'skipped':
      return {
        candidates: tx.sql`
          select log.* from crawl_targets target
          join url_discovery_log log on log.execution_id = target.execution_id and log.url_hash = target.url_key
          where target.execution_id = ${executionId} and target.state in ('failed', 'skipped')
            and target.state = ${state}
            ${after === null ? tx.sql`` : tx.sql`and target.url_key > ${after[0] ?? ''}::uuid`}
          order by target.url_key`,
      };
  }
}
