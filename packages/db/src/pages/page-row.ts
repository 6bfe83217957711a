import type { Page } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { isoTime } from '../times/iso-time.js';

/** The columns of a page in a list. */
export interface PageRow {
  execution_id: string;
  url_key: string;
  url: string;
  host: string;
  depth: number;
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
  description: string | null;
  h1: string | null;
  canonical_url: string | null;
  indexable: boolean;
  indexability_reason: string | null;
  language: string | null;
  word_count: number | null;
  internal_links: number;
  external_links: number;
}

/** `real` columns as double precision: the very value, which a place in a list must carry. */
export function pageColumns(tx: Tx) {
  return tx.sql`
    execution_id, url_key, url, host, depth, status_code, content_type, is_html, attempt, fetched_at,
    ttfb_ms::float8 as ttfb_ms, total_ms::float8 as total_ms, wire_bytes, decoded_bytes, redirect_url, title,
    description, h1, canonical_url, indexable, indexability_reason, language, word_count, internal_links,
    external_links`;
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
    description: row.description,
    h1: row.h1,
    canonicalUrl: row.canonical_url,
    indexable: row.indexable,
    indexabilityReason: row.indexability_reason,
    language: row.language,
    wordCount: row.word_count,
    internalLinks: row.internal_links,
    externalLinks: row.external_links,
  };
}
