import type { IndexabilityReason, Page } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { isoTime } from '../times/iso-time.js';

/** The columns of a page in a list. */
export interface PageRow {
  execution_id: string;
  url_key: string;
  url: string;
  host: string;
  depth: number | null;
  status_code: number;
  content_type: string | null;
  is_html: boolean;
  attempt: number;
  fetched_at: Date;
  ttfb_ms: number | null;
  total_ms: number;
  wire_bytes: number;
  decoded_bytes: number;
  redirect_url: string | null;
  title: string | null;
  title_length: number | null;
  title_pixels: number | null;
  description: string | null;
  description_length: number | null;
  description_pixels: number | null;
  h1: string | null;
  canonical_url: string | null;
  indexable: boolean;
  indexability_reason: IndexabilityReason | null;
  language: string | null;
  word_count: number | null;
  soft404_score: number | null;
  internal_links: number;
  external_links: number;
}

/** `real` columns as double precision: the very value, which a place in a list must carry. */
export function pageColumns(tx: Tx) {
  return tx.sql`
    execution_id, url_key, url, host, depth, status_code, content_type, is_html, attempt, fetched_at,
    ttfb_ms::float8 as ttfb_ms, total_ms::float8 as total_ms, wire_bytes, decoded_bytes, redirect_url, title,
    title_length, title_pixels, description, description_length, description_pixels, h1, canonical_url, indexable,
    indexability_reason, language, word_count, soft404_score, internal_links, external_links`;
}

export function toPage(row: PageRow): Page {
  return {
    executionId: row.execution_id,
    urlKey: row.url_key,
    url: row.url,
    host: row.host,
    depth: row.depth,
    statusCode: row.status_code,
    contentType: row.content_type,
    isHtml: row.is_html,
    attempt: row.attempt,
    fetchedAt: isoTime(row.fetched_at),
    ttfbMs: row.ttfb_ms,
    totalMs: row.total_ms,
    wireBytes: row.wire_bytes,
    decodedBytes: row.decoded_bytes,
    redirectUrl: row.redirect_url,
    title: row.title,
    titleLength: row.title_length,
    titlePixels: row.title_pixels,
    description: row.description,
    descriptionLength: row.description_length,
    descriptionPixels: row.description_pixels,
    h1: row.h1,
    canonicalUrl: row.canonical_url,
    indexable: row.indexable,
    indexabilityReason: row.indexability_reason,
    language: row.language,
    wordCount: row.word_count,
    soft404Score: row.soft404_score,
    internalLinks: row.internal_links,
    externalLinks: row.external_links,
  };
}
