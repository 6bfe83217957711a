import { OutriderError, type PageDetail } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { isoTime } from '../times/iso-time.js';

/** A kept picture. */
export interface ScreenshotFile {
  readonly format: 'webp';
  readonly bytes: Buffer;
}

/** The picture of a rendered page. Throws `not_found`, and says what there is none of. */
export async function readScreenshot(tx: Tx, executionId: string, urlKey: string): Promise<ScreenshotFile> {
  const [row] = await tx.sql<{ format: 'webp' | null; bytes: Buffer | null; failure: string | null }[]>`
    select picture.format, picture.bytes, result.rendering #>> '{screenshotFailure,message}' as failure
    from crawl_results result
    left join page_screenshots picture
      on picture.execution_id = result.execution_id and picture.url_key = result.url_key
    where result.execution_id = ${executionId} and result.url_key = ${urlKey}`;
  if (row === undefined) {
    throw new OutriderError('not_found', 'No URL with this key was fetched in this execution.');
  }
  const { format, bytes, failure } = row;
  if (format === null || bytes === null) {
    throw new OutriderError(
      'not_found',
      failure === null
        ? 'No screenshot of this page was kept: the campaign did not ask for one, or the page was not rendered.'
        : `No screenshot of this page was kept: ${failure}`,
    );
  }
  return { format, bytes };
}

/** What is kept of a page's picture, without the picture; null where there is none. */
export async function readScreenshotFacts(
  tx: Tx,
  executionId: string,
  urlKey: string,
): Promise<PageDetail['screenshot']> {
  const [row] = await tx.sql<
    { format: 'webp'; width: number; height: number; size: number; taken_at: Date }[]
  >`
    select format, width, height, octet_length(bytes) as size, taken_at
    from page_screenshots where execution_id = ${executionId} and url_key = ${urlKey}`;
  if (row === undefined) return null;
  const { taken_at, ...facts } = row;
  return { ...facts, takenAt: isoTime(taken_at) };
}
