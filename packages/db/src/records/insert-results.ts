import { type ArrayElement, columnLiteral, separatedTexts } from '../connect/array-literal.js';
import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import type { FetchedPage } from './settlement.js';

/** Inserts one row per fetched URL, in one statement. See insertLinks for why a double is a fault. */
export async function insertResults(
  tx: Tx,
  hold: LaneHold,
  pages: readonly { readonly urlKey: string; readonly page: FetchedPage }[],
): Promise<void> {
  if (pages.length === 0) return;
  const column = (pick: (page: FetchedPage) => ArrayElement): string =>
    columnLiteral(pages, ({ page }) => pick(page));
  await tx.sql`
    insert into crawl_results (execution_id, tenant_id, campaign_id, url_key, url, host, depth, attempt, status_code,
      content_type, is_html, fetched_at, ttfb_ms, total_ms, wire_bytes, decoded_bytes, redirect_url, redirect_key,
      title, title_length, title_pixels,
      description, description_length, description_pixels, h1, canonical_url, indexable, indexability_reason, language, word_count,
      internal_links, external_links, body_hash, text_hash,
      main_text_hash, simhash, soft404_score, response, page, rendering)
    select ${hold.executionId}, ${hold.tenantId}, ${hold.campaignId}, url_key, url, host, depth, attempt, status_code,
      content_type, is_html, fetched_at, ttfb_ms, total_ms, wire_bytes, decoded_bytes, redirect_url, redirect_key,
      title, title_length, title_pixels,
      description, description_length, description_pixels, h1, canonical_url, indexable, indexability_reason, language, word_count,
      internal_links, external_links, decode(body_hash, 'hex'), decode(text_hash, 'hex'),
      decode(main_text_hash, 'hex'), simhash, soft404_score, response, page, rendering
    from unnest(
      ${columnLiteral(pages, ({ urlKey }) => urlKey)}::uuid[],
      ${column((page) => page.url)}::text[],
      ${column((page) => page.host)}::text[],
      ${column((page) => page.depth)}::smallint[],
      ${column((page) => page.attempt)}::smallint[],
      ${column((page) => page.statusCode)}::smallint[],
      ${column((page) => page.contentType)}::text[],
      ${column((page) => page.isHtml)}::boolean[],
      ${column((page) => page.fetchedAt.toISOString())}::timestamptz[],
      ${column((page) => page.ttfbMs)}::real[],
      ${column((page) => page.totalMs)}::real[],
      ${column((page) => page.wireBytes)}::bigint[],
      ${column((page) => page.decodedBytes)}::bigint[],
      ${column((page) => page.redirectUrl)}::text[],
      ${column((page) => page.redirectKey)}::uuid[],
      ${column((page) => page.title)}::text[],
      ${column((page) => page.titleLength)}::smallint[],
      ${column((page) => page.titlePixels)}::smallint[],
      ${column((page) => page.description)}::text[],
      ${column((page) => page.descriptionLength)}::smallint[],
      ${column((page) => page.descriptionPixels)}::smallint[],
      ${column((page) => page.h1)}::text[],
      ${column((page) => page.canonicalUrl)}::text[],
      ${column((page) => page.indexable)}::boolean[],
      ${column((page) => page.indexabilityReason)}::text[],
      ${column((page) => page.language)}::text[],
      ${column((page) => page.wordCount)}::int[],
      ${column((page) => page.internalLinks)}::int[],
      ${column((page) => page.externalLinks)}::int[],
      ${column((page) => page.bodyHash)}::text[],
      ${column((page) => page.textHash)}::text[],
      ${column((page) => page.mainTextHash)}::text[],
      ${column((page) => page.simhash)}::bigint[],
      ${column((page) => page.soft404Score)}::real[],
      string_to_array(${separatedTexts(pages, ({ page }) => page.response)}, chr(31), '')::jsonb[],
      string_to_array(${separatedTexts(pages, ({ page }) => page.page)}, chr(31), '')::jsonb[],
      string_to_array(${separatedTexts(pages, ({ page }) => page.rendering)}, chr(31), '')::jsonb[]
    ) as result (url_key, url, host, depth, attempt, status_code, content_type, is_html, fetched_at, ttfb_ms, total_ms,
      wire_bytes, decoded_bytes, redirect_url, redirect_key, title, title_length, title_pixels,
      description, description_length, description_pixels, h1, canonical_url, indexable,
      indexability_reason, language, word_count, internal_links, external_links, body_hash, text_hash,
      main_text_hash, simhash, soft404_score, response, page, rendering)`;
}
