import { type ArrayElement, arrayLiteral, columnLiteral } from '../connect/array-literal.js';
import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import type { PageLinkRecord } from './settlement.js';

/**
 * Inserts every link of a batch of pages, in one statement. The pages must have been settled in the same
 * transaction: that happens once per page, so a double is a fault. (`on conflict do nothing` would hide it,
 * and costs a quarter of the insert.)
 */
export async function insertLinks(
  tx: Tx,
  hold: LaneHold,
  pages: readonly { readonly urlKey: string; readonly links: readonly PageLinkRecord[] }[],
): Promise<void> {
  const links = pages.flatMap(({ links: own }) => own);
  if (links.length === 0) return;
  const sources = pages.flatMap(({ urlKey, links: own }) => own.map(() => urlKey));
  const column = (pick: (link: PageLinkRecord) => ArrayElement): string => columnLiteral(links, pick);
  await tx.sql`
    insert into crawl_links (execution_id, tenant_id, source_key, ordinal, target_key, target_url, raw_href, link_type,
      is_internal, follow, rel, anchor_text, alt_text, position, path_type, problem)
    select ${hold.executionId}, ${hold.tenantId}, link.*
    from unnest(
      ${arrayLiteral(sources)}::uuid[],
      ${column((link) => link.ordinal)}::int[],
      ${column((link) => link.targetKey)}::uuid[],
      ${column((link) => link.targetUrl)}::text[],
      ${column((link) => link.rawHref)}::text[],
      ${column((link) => link.linkType)}::text[],
      ${column((link) => link.isInternal)}::boolean[],
      ${column((link) => link.follow)}::boolean[],
      ${column((link) => link.rel)}::text[],
      ${column((link) => link.anchorText)}::text[],
      ${column((link) => link.altText)}::text[],
      ${column((link) => link.position)}::text[],
      ${column((link) => link.pathType)}::text[],
      ${column((link) => link.problem)}::text[]
    ) as link`;
}
