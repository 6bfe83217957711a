import type { SitemapFormat } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { toStorableText } from '../connect/storable-text.js';
import { lockExecution } from '../executions/lock-execution.js';
import type { LaneHold } from '../lanes/take-lane.js';
import { insertErrors } from '../records/insert-errors.js';
import type { CrawlError } from '../records/settlement.js';
import { holdsLane } from './hold-lane.js';
import { insertSitemaps, type NewSitemap } from './insert-sitemaps.js';
import type { ClaimedSitemap } from './lease-sitemap.js';

/** What became of a file. */
export interface SitemapOutcome {
  /** `read` with an error: only a part of it counts. */
  readonly state: 'read' | 'failed';
  readonly format: SitemapFormat | null;
  readonly httpStatusCode: number | null;
  readonly contentType: string | null;
  readonly wireBytes: number;
  readonly decodedBytes: number;
  readonly entries: number;
  readonly urlsInScope: number;
  /** What was left out, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly newestLastmod: Date | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  /** Files that it names, or that it redirects to. */
  readonly files: readonly NewSitemap[];
  readonly errors: readonly CrawlError[];
}

/** A file that is to be asked for again. */
export interface SitemapRetry {
  readonly state: 'pending';
  readonly delayMs: number;
  /** False undoes the attempt: it never went out. */
  readonly countAttempt: boolean;
  readonly errors: readonly CrawlError[];
}

/**
 * Settles a file that a lane has read, and puts the files it names on the list, in the caller's one transaction.
 * Fenced by the lane's epoch; a file that is settled already stays as it is. False when the lane is another's.
 */
export async function settleSitemap(
  tx: Tx,
  hold: LaneHold,
  file: ClaimedSitemap,
  outcome: SitemapOutcome | SitemapRetry,
): Promise<boolean> {
  await lockExecution(tx, hold.executionId);
  if (!(await holdsLane(tx, hold))) return false;
  const settled =
    outcome.state === 'pending'
      ? await giveBack(tx, hold, file, outcome)
      : await conclude(tx, hold, file, outcome);
  if (!settled) return true;
  const errors = outcome.errors.map((error) => ({ urlKey: file.urlKey, error }));
  await insertErrors(tx, hold, errors);
  return true;
}

async function giveBack(tx: Tx, hold: LaneHold, file: ClaimedSitemap, retry: SitemapRetry): Promise<boolean> {
  const rows = await tx.sql`
    update execution_sitemaps
    set state = 'pending', lane_id = null, lane_epoch = null, attempt = attempt - ${retry.countAttempt ? 0 : 1},
      not_before = now() + ${retry.delayMs} * interval '1 millisecond'
    where id = ${file.id} and state = 'reading' and lane_id = ${hold.laneId} and lane_epoch = ${hold.epoch}`;
  return rows.count === 1;
}

async function conclude(
  tx: Tx,
  hold: LaneHold,
  file: ClaimedSitemap,
  outcome: SitemapOutcome,
): Promise<boolean> {
  const { error } = outcome;
  const rows = await tx.sql`
    update execution_sitemaps
    set state = ${outcome.state}, lane_id = null, lane_epoch = null, settled_at = now(), format = ${outcome.format},
      http_status_code = ${outcome.httpStatusCode},
      content_type = ${outcome.contentType === null ? null : toStorableText(outcome.contentType)},
      wire_bytes = ${outcome.wireBytes}, decoded_bytes = ${outcome.decodedBytes}, entries = ${outcome.entries},
      urls_in_scope = ${outcome.urlsInScope}, newest_lastmod = ${outcome.newestLastmod?.toISOString() ?? null}::text::timestamptz,
      error_code = ${error?.code ?? null}, error_message = ${error === null ? null : toStorableText(error.message)}
    where id = ${file.id} and state = 'reading' and lane_id = ${hold.laneId} and lane_epoch = ${hold.epoch}`;
  if (rows.count === 0) return false;
  const { added, tooMany } = await insertSitemaps(tx, hold, outcome.files);
  const dropped = { ...outcome.dropped };
  if (tooMany > 0) dropped['file_limit'] = (dropped['file_limit'] ?? 0) + tooMany;
  await tx.sql`
    update execution_sitemaps
    set files_named = greatest(files_named, ${added}), dropped = ${JSON.stringify(dropped)}::text::jsonb where id = ${file.id}`;
  return true;
}
