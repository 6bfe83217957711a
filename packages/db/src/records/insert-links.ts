import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import { joinColumn, type LinkRows } from './link-rows.js';

/**
 * Inserts every link of a batch of pages, in one statement. The pages must have been settled in the same
 * transaction: that happens once per page, so a double is a fault. (`on conflict do nothing` would hide it,
 * and costs a quarter of the insert.)
 */
export async function insertLinks(
  tx: Tx,
  hold: LaneHold,
  pages: readonly { readonly urlKey: string; readonly links: LinkRows }[],
): Promise<void> {
  const linking = pages.filter(({ links }) => links.length > 0);
  if (linking.length === 0) return;
  const rows = linking.map(({ links }) => links);
  const sources = linking.map(({ urlKey, links }) => `${urlKey},`.repeat(links.length)).join('');
  await tx.sql`
    insert into crawl_links (execution_id, tenant_id, source_key, ordinal, target_key, target_url, raw_href, link_type,
      is_internal, follow, rel, anchor_text, alt_text, position, path_type, problem)
    select ${hold.executionId}, ${hold.tenantId}, link.*
    from unnest(
      ${`{${sources.slice(0, -1)}}`}::uuid[],
      ${joinColumn(rows, 0)}::int[],
      ${joinColumn(rows, 1)}::uuid[],
      ${joinColumn(rows, 2)}::text[],
      ${joinColumn(rows, 3)}::text[],
      ${joinColumn(rows, 4)}::text[],
      ${joinColumn(rows, 5)}::boolean[],
      ${joinColumn(rows, 6)}::boolean[],
      ${joinColumn(rows, 7)}::text[],
      ${joinColumn(rows, 8)}::text[],
      ${joinColumn(rows, 9)}::text[],
      ${joinColumn(rows, 10)}::text[],
      ${joinColumn(rows, 11)}::text[],
      ${joinColumn(rows, 12)}::text[]
    ) as link`;
}
