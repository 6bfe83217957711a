import type { ClaimedTarget, CrawlError } from '@outrider/db';
import type { CrawlErrorType, UrlIdentity } from '@outrider/shared';
import type { RenderFailure, Rendering } from '../browser/page-renderer.js';
import { crawlError } from './crawl-errors.js';
import { isReload, type PageRedirect } from './page-redirect.js';

export const RENDER_ERROR_TYPES: Readonly<Record<RenderFailure['code'], CrawlErrorType>> = {
  render_timeout: 'timeout',
  page_crashed: 'parsing',
  page_left: 'parsing',
  browser_gone: 'internal',
  browser_killed: 'internal',
  browser_unavailable: 'internal',
};

/** The error that a page leaves which could not be rendered; none for any other. */
export function renderErrors(target: ClaimedTarget, rendering: Rendering | null): CrawlError[] {
  if (rendering?.kind !== 'not_rendered') return [];
  const { code, message } = rendering;
  return [
    crawlError(target, {
      errorType: RENDER_ERROR_TYPES[code],
      severity: 'error',
      code,
      message: `the page is recorded as its HTML says, without rendering: ${message}`,
    }),
  ];
}

/** Where a rendered page sent its reader by itself; null when it did not, and for one that only reloads itself. */
export function renderedRedirect(
  pageUrl: string,
  rendering: Rendering | null,
  identify: UrlIdentity,
): PageRedirect | null {
  if (rendering?.kind !== 'rendered' || rendering.navigation === null) return null;
  const { url, type } = rendering.navigation;
  if (isReload(pageUrl, url, identify)) return null;
  return { type, raw: url, url, problem: null, delaySeconds: 0 };
}
