import type { IndexabilityReason } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { decodePageLinks } from '../links/decode-page-links.js';
import type { PageLinkRecord } from '../links/page-link-record.js';

/** What an earlier execution recorded of a page, as far as the crawl goes on from it. */
export interface CarriedPage {
  /** What the parser saw, without the links; null for what was not HTML. */
  readonly page: Readonly<Record<string, unknown>> | null;
  readonly links: readonly PageLinkRecord[];
  /** Response headers in order, names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Why it was not indexable; null when it was. */
  readonly indexabilityReason: IndexabilityReason | null;
}

interface PageRow {
  url_key: string;
  page: Record<string, unknown> | null;
  headers: [string, string][] | null;
  indexability_reason: IndexabilityReason | null;
  target_keys: string[] | null;
  links: string | null;
}

/** Reads pages of an earlier execution with their links, by key. Keys it does not know are absent. */
export async function readCarriedPages(
  tx: Tx,
  executionId: string,
  urlKeys: readonly string[],
): Promise<Map<string, CarriedPage>> {
  const rows = await tx.sql<PageRow[]>`
    select result.url_key, result.page, result.response -> 'headers' as headers, result.indexability_reason,
      link.target_keys, link.links
    from crawl_results result
    left join crawl_links link on link.execution_id = result.execution_id and link.source_key = result.url_key
    where result.execution_id = ${executionId} and result.url_key = any(${[...urlKeys]}::uuid[])`;
  return new Map(
    rows.map(({ url_key: urlKey, page, headers, indexability_reason, target_keys: targetKeys, links }) => [
      urlKey,
      {
        page,
        headers: headers ?? [],
        indexabilityReason: indexability_reason,
        links: targetKeys === null || links === null ? [] : decodePageLinks({ targetKeys, text: links }),
      },
    ]),
  );
}
