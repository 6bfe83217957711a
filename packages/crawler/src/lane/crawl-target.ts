import type { Batch, ClaimedTarget, Verdict } from '@outrider/db';
import type { CampaignConfig } from '@outrider/shared';
import { FETCH_FAILURES } from '../fetch/fetch-failures.js';
import type { FetchFailure, FetchResponse } from '../fetch/fetch-outcome.js';
import { HtmlSink } from '../reading/html-sink.js';
import type { Answer } from '../reading/reading.js';
import { isStillTrue } from '../record/carried-content.js';
import { crawlError } from '../record/crawl-errors.js';
import { settle, type UrlSettlement } from '../record/url-settlement.js';
import { backOffRefused } from './back-off-refused.js';
import { conditionalHeaders } from './conditional-request.js';
import { consultRobots } from './consult-robots.js';
import { KeptBody } from './kept-body.js';
import { renderTarget, settleUnrendered, settleWithoutBrowser } from './render-target.js';
import { isRefusal, isRetriedStatus, retryAfterMs, retryDelayMs, UNTRIED } from './retry-policy.js';
import type { TargetContext } from './target-context.js';

export interface CrawledTarget {
  readonly settlement: UrlSettlement;
  readonly scopeHost?: Batch['scopeHosts'][number];
}

/**
 * Takes one claimed URL to its end: robots.txt, fetch, parse, and what follows from the answer. Returns
 * null when the lane was aborted meanwhile: then nothing is known about the URL, and giving the lane back
 * makes it pending again.
 */
export async function crawlTarget(
  target: ClaimedTarget,
  context: TargetContext,
): Promise<CrawledTarget | null> {
  const trap = target.isSeed ? null : context.rules().traps.decideSiblings(target.url);
  if (trap?.crawl === false) {
    return { settlement: settle(target, { kind: 'skipped', reason: trap.reason, rule: trap.rule }) };
  }
  const excluded = excludedBy(target, context);
  if (excluded !== null) return { settlement: excluded };
  const refusal = await consultRobots(target, context).catch((error: unknown) => {
    if (context.signal.aborted) return null;
    throw error;
  });
  if (context.signal.aborted) return null;
  if (refusal !== null) return { settlement: settle(target, refusal.verdict, { errors: refusal.errors }) };

  if (context.hosts.isGivenUp(target.host)) return { settlement: settleGivenUp(target) };
  const untried = settleWithoutBrowser(target, context);
  if (untried !== null) return { settlement: untried };
  context.crashAt('before_fetch');
  const sink = new HtmlSink(target.url, context.reading.open);
  try {
    return await fetchTarget(target, sink, context);
  } finally {
    sink.document?.discard();
  }
}

async function fetchTarget(
  target: ClaimedTarget,
  sink: HtmlSink,
  context: TargetContext,
): Promise<CrawledTarget | null> {
  const body = context.renderer.wantsBodies ? new KeptBody() : null;
  // A page is rendered from its document, so that is always asked for.
  const asksWhole = body !== null || context.outdated.has(target.urlKey);
  const askingIfChanged = asksWhole ? {} : conditionalHeaders(target.knownVersion);
  const outcome = await context.fetcher.fetch({
    url: target.url,
    userAgent: context.config.politeness.userAgent,
    headers: { ...ownHeaders(target.url, context), ...askingIfChanged },
    timeoutMs: context.config.fetch.timeoutMs,
    maxBodyBytes: context.config.fetch.maxBodyBytes,
    signal: context.signal,
    onSent: () => context.onSent(target.host),
    onHead: (head) => (body === null ? sink.accept(head) : body.beside(sink.accept(head))),
  });
  const fetchedAt = new Date();
  context.crashAt('after_fetch');
  if (context.signal.aborted) return null;
  if (outcome.kind === 'failure') {
    if (context.hosts.failed(target.host, outcome, target.urlKey)) await context.onUnreachable(target.host);
    return { settlement: settleFailure(target, outcome, context.config) };
  }
  context.outdated.delete(target.urlKey);
  const isRefused = isRefusal(outcome.status);
  if (!isRefused) context.hosts.answered(target.host, target.urlKey, outcome.timings.ttfbMs);
  context.onFetched({ totalMs: outcome.timings.totalMs, wireBytes: outcome.wireBytes });
  if (isRetriedStatus(outcome.status)) {
    const settlement = await (isRefused ? settleRefused : settleBusy)(target, outcome, context);
    if (settlement !== null) return { settlement };
  }
  const answer = { target, response: outcome, fetchedAt };
  const wasAsked = Object.keys(askingIfChanged).length > 0;
  if (outcome.status === 304 && wasAsked && target.knownVersion !== undefined) {
    return settleUnchanged(answer, target.knownVersion.executionId, context);
  }
  const { document, sniffedType, refusedType } = sink;
  const seen = await renderTarget(target, outcome, document?.content ?? null, body, context);
  if (context.signal.aborted) return null;
  const unrendered = settleUnrendered(target, seen, context);
  if (unrendered !== null) return { settlement: unrendered };
  return read({ document, sniffedType, refusedType, seen, carried: null, ...answer }, context);
}

async function read(answer: Answer, context: TargetContext): Promise<CrawledTarget> {
  const settled = await context.reading.settle(answer);
  context.onRead(settled.readMs);
  return settled;
}

/** A URL that was let in by patterns of the campaign that are others by now. */
function excludedBy(target: ClaimedTarget, context: TargetContext): UrlSettlement | null {
  const { hasNewRules, scope } = context.rules();
  const verdict = hasNewRules ? scope.decide(target.url, target.depth) : null;
  if (verdict === null || verdict.crawl || verdict.reason !== 'excluded_pattern') return null;
  return settle(target, { kind: 'skipped', reason: verdict.reason, rule: verdict.rule });
}

/**
 * The campaign's own request headers may carry credentials, so they go to the origins of its seeds and to no
 * other: not to a host that a seed redirects to, and not from https to http.
 */
function ownHeaders(url: string, context: TargetContext): Readonly<Record<string, string>> {
  return context.rules().seedOrigins.has(new URL(url).origin) ? context.config.fetch.headers : {};
}

function settleFailure(target: ClaimedTarget, failure: FetchFailure, config: CampaignConfig): UrlSettlement {
  const blocked = failure.code === 'blocked_address' || failure.code === 'blocked_port';
  // A public page that redirects into a private network is an attack on us, not a broken link.
  const code = blocked && target.redirectHops.length > 0 ? 'ssrf_redirect' : failure.code;
  const again = failure.retry === 'retry' && target.attempt <= config.fetch.retries;
  const error = crawlError(target, {
    errorType: FETCH_FAILURES[failure.code].errorType,
    severity: again ? 'info' : code === 'ssrf_redirect' ? 'critical' : 'error',
    code,
    message: failure.message,
    status: failure.status,
    context: { timings: failure.timings, remoteAddress: failure.remoteAddress, willRetry: again },
  });
  const verdict: Verdict = again
    ? { kind: 'retry', delayMs: retryDelayMs(target.attempt), countAttempt: true }
    : { kind: 'failed', failureCode: code };
  return settle(target, verdict, { errors: [error] });
}

/** The host cannot be reached, which other URLs of it have shown: this one is not tried. */
function settleGivenUp(target: ClaimedTarget): UrlSettlement {
  const error = crawlError(target, {
    errorType: 'network',
    severity: 'error',
    code: 'host_unreachable',
    message: 'the host could not be reached in spite of several pauses; this URL was not tried any more',
    context: { willRetry: false },
  });
  return settle(target, { kind: 'failed', failureCode: 'host_unreachable' }, { errors: [error] });
}

/** The host refuses (429, 503) and is left alone; the URL comes again if it may, and is else recorded as refused. */
async function settleRefused(
  target: ClaimedTarget,
  response: FetchResponse,
  context: TargetContext,
): Promise<UrlSettlement | null> {
  const askedMs = retryAfterMs(response.headers, Date.now());
  const reason = `it answered ${response.status}${askedMs === null ? '' : ' with Retry-After'}`;
  const refused = await backOffRefused(target, { askedMs, reason }, context);
  if (refused.countAttempt && target.attempt > context.config.fetch.retries) {
    context.hosts.recorded(target.host, target.urlKey);
    return null;
  }
  return settleAgain(target, response, { askedMs, ...refused });
}

/** The server is in trouble: the URL comes again if it may, and the host is left alone if it asks for that. */
async function settleBusy(
  target: ClaimedTarget,
  response: FetchResponse,
  context: TargetContext,
): Promise<UrlSettlement | null> {
  const askedMs = retryAfterMs(response.headers, Date.now());
  if (askedMs !== null && askedMs > 0) {
    const reason = `Retry-After with status ${response.status}`;
    await context.backOff(target.host, { kind: 'asked', forMs: askedMs, reason });
  }
  if (target.attempt > context.config.fetch.retries) return null;
  const delayMs = Math.max(askedMs ?? 0, retryDelayMs(target.attempt));
  return settleAgain(target, response, { askedMs, delayMs, countAttempt: true });
}

function settleAgain(
  target: ClaimedTarget,
  response: FetchResponse,
  again: { readonly askedMs: number | null; readonly delayMs: number; readonly countAttempt: boolean },
): UrlSettlement {
  const error = crawlError(target, {
    errorType: 'http',
    severity: 'info',
    code: `http_${response.status}`,
    message: `the server answered ${response.status}; it is asked again`,
    status: response.status,
    context: { willRetry: true, retryAfterMs: again.askedMs },
  });
  const verdict = { kind: 'retry', delayMs: again.delayMs, countAttempt: again.countAttempt } as const;
  return settle(target, verdict, { errors: [error] });
}

/** The page is as it was in an earlier execution, unless what describes it is not. */
async function settleUnchanged(
  answer: Pick<Answer, 'target' | 'response' | 'fetchedAt'>,
  executionId: string,
  context: TargetContext,
): Promise<CrawledTarget> {
  const { target, response, fetchedAt } = answer;
  const page = await context.carriedPage(executionId, target.urlKey);
  // Its record was deleted meanwhile: the next claim finds no version to ask by.
  if (page === null) return { settlement: settle(target, UNTRIED) };
  const { robotsToken } = context.config.politeness;
  if (!isStillTrue(page, response.headers, robotsToken, fetchedAt)) {
    context.outdated.add(target.urlKey);
    return { settlement: settle(target, UNTRIED) };
  }
  const nothing = { document: null, sniffedType: null, refusedType: null, seen: null };
  return read({ ...nothing, ...answer, carried: { executionId, page } }, context);
}
