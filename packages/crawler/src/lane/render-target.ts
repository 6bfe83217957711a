import type { ClaimedTarget, Verdict } from '@outrider/db';
import type { Rendering } from '../browser/page-renderer.js';
import type { FetchResponse } from '../fetch/fetch-outcome.js';
import type { PageContent } from '../parse/page-content.js';
import { crawlError } from '../record/crawl-errors.js';
import { RENDER_ERROR_TYPES } from '../record/render-findings.js';
import { settle, type UrlSettlement } from '../record/url-settlement.js';
import type { KeptBody } from './kept-body.js';
import { retryDelayMs, UNTRIED } from './retry-policy.js';
import type { TargetContext } from './target-context.js';

/** Renders the page of a successful answer, where the campaign asks for it. Null for what is recorded as it came. */
export async function renderTarget(
  target: ClaimedTarget,
  response: FetchResponse,
  content: PageContent | null,
  body: KeptBody | null,
  { renderer }: Pick<TargetContext, 'renderer'>,
): Promise<Rendering | null> {
  if (body === null || content === null || response.status < 200 || response.status >= 300) return null;
  const { url, urlKey } = target;
  return renderer.render({
    url,
    urlKey,
    status: response.status,
    headers: response.headers,
    body: body.bytes,
  });
}

/**
 * What becomes of a URL whose page says nothing about itself for want of a browser: null for any other. One
 * that ended browsers, the last of them when it was alone in it, loses an attempt, and its last one. One for
 * which there was no browser goes back as it came.
 */
export function settleUnrendered(
  target: ClaimedTarget,
  rendering: Rendering | null,
  context: Pick<TargetContext, 'config' | 'onBrowserUnavailable'>,
): UrlSettlement | null {
  if (rendering?.kind !== 'not_rendered') return null;
  if (rendering.code === 'browser_unavailable') return settleUntried(target, rendering.message, context);
  if (rendering.code !== 'browser_killed') return null;
  const again = target.attempt <= context.config.fetch.retries;
  const error = crawlError(target, {
    errorType: RENDER_ERROR_TYPES.browser_killed,
    severity: again ? 'info' : 'critical',
    code: 'browser_killed',
    message: rendering.message,
    context: { willRetry: again },
  });
  const verdict: Verdict = again
    ? { kind: 'retry', delayMs: retryDelayMs(target.attempt), countAttempt: true }
    : { kind: 'failed', failureCode: 'browser_killed' };
  return settle(target, verdict, { errors: [error] });
}

/** What becomes of a URL while nothing can be rendered: it is not even fetched. Null while pages can be. */
export function settleWithoutBrowser(
  target: ClaimedTarget,
  context: Pick<TargetContext, 'renderer' | 'onBrowserUnavailable'>,
): UrlSettlement | null {
  const trouble = context.renderer.trouble();
  return trouble === null ? null : settleUntried(target, trouble, context);
}

/** Back to the frontier with its attempt, and the lane with it: another worker's browser may work. */
function settleUntried(
  target: ClaimedTarget,
  message: string,
  { onBrowserUnavailable }: Pick<TargetContext, 'onBrowserUnavailable'>,
): UrlSettlement {
  if (!onBrowserUnavailable(message)) return settle(target, UNTRIED);
  const code = 'browser_unavailable';
  const error = crawlError(target, {
    errorType: RENDER_ERROR_TYPES[code],
    severity: 'critical',
    code,
    message: `${message}; the lane goes back to wait for a browser`,
    context: { willRetry: true },
  });
  return settle(target, UNTRIED, { errors: [error] });
}
