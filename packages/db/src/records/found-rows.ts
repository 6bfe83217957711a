import { type ArrayElement, columnLiteral } from '../connect/array-literal.js';
import type { Tx } from '../connect/database.js';
import type { Discovery } from './settlement.js';

/**
 * Discoveries as rows `found` of a statement, for its `from`: `url_key`, `url`, `host`, `source_url`, `method`, `depth`,
 * `is_internal`, `skip_reason` and `skip_rule` (null: to be crawled), `priority`, `redirect_hops` (JSON text, null: none),
 * `is_seed`.
 */
export function foundRows(tx: Tx, discoveries: readonly Discovery[]) {
  const column = (pick: (found: Discovery) => ArrayElement): string => columnLiteral(discoveries, pick);
  return tx.sql`
    unnest(
      ${column((found) => found.urlKey)}::uuid[],
      ${column((found) => found.url)}::text[],
      ${column((found) => found.host)}::text[],
      ${column((found) => found.sourceUrl)}::text[],
      ${column((found) => found.method)}::text[],
      ${column((found) => found.depth)}::smallint[],
      ${column((found) => found.isInternal)}::boolean[],
      ${column((found) => found.skip?.reason ?? null)}::text[],
      ${column((found) => found.skip?.rule ?? null)}::text[],
      ${column((found) => found.priority)}::smallint[],
      ${column((found) => (found.redirectHops.length === 0 ? null : JSON.stringify(found.redirectHops)))}::text[],
      ${column((found) => found.isSeed)}::boolean[]
    ) as found (url_key, url, host, source_url, method, depth, is_internal, skip_reason, skip_rule, priority, redirect_hops, is_seed)`;
}
