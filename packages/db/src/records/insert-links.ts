import { columnLiteral, separatedTexts } from '../connect/array-literal.js';
import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import type { PageLinks } from '../links/page-links.js';

/**
 * Inserts the links of a batch of pages, in one statement. The pages must have been settled in the same
 * transaction: that happens once per page, so a double is a fault and fails.
 */
export async function insertLinks(
  tx: Tx,
  hold: LaneHold,
  pages: readonly { readonly urlKey: string; readonly links: PageLinks }[],
): Promise<void> {
  const linking = pages.filter(({ links }) => links.length > 0);
  if (linking.length === 0) return;
  // PostgreSQL has no array of arrays of different lengths, so each page's keys travel as text.
  await tx.sql`
    insert into crawl_links (execution_id, tenant_id, source_key, link_count, target_keys, links)
    select ${hold.executionId}, ${hold.tenantId}, source_key, link_count, target_keys::uuid[], links
    from unnest(
      ${columnLiteral(linking, ({ urlKey }) => urlKey)}::uuid[],
      ${columnLiteral(linking, ({ links }) => links.length)}::int[],
      string_to_array(${separatedTexts(linking, ({ links }) => `{${links.targetKeys}}`)}, chr(31), ''),
      string_to_array(${separatedTexts(linking, ({ links }) => links.text)}, chr(31), '')
    ) as page (source_key, link_count, target_keys, links)`;
}
