import { type Batch, type ClaimedTarget, encodePageLinks, type Screenshot, type Verdict } from '@outrider/db';
import type { CampaignConfig } from '@outrider/shared';
import type { Rendering } from '../browser/page-renderer.js';
import { FETCH_FAILURES } from '../fetch/fetch-failures.js';
import type { FetchFailure, FetchResponse } from '../fetch/fetch-outcome.js';
import type { PageContent } from '../parse/page-content.js';
import { blockedBy } from '../record/blocked-answer.js';
import { discoverLinks } from '../record/link-discovery.js';
import { buildPageRecord } from '../record/page-record.js';
import { pageRedirect } from '../record/page-redirect.js';
import { recordRendering } from '../record/rendering-record.js';
import { settle, type UrlSettlement } from '../record/url-settlement.js';
import {
  type CarriedContent,
  carriedContent,
  conditionalHeaders,
  freshenedHeaders,
} from './conditional-request.js';
import { consultRobots } from './consult-robots.js';
import { answerErrors, crawlError } from './crawl-errors.js';
import { HtmlSink } from './html-sink.js';
import { KeptBody } from './kept-body.js';
import {
  renderErrors,
  renderedRedirect,
  renderTarget,
  settleUnrendered,
  settleWithoutBrowser,
} from './render-target.js';
import { isRefusal, isRetriedStatus, retryAfterMs, retryDelayMs } from './retry-policy.js';
import { settleRedirect } from './settle-redirect.js';
import type { TargetContext } from './target-context.js';

/** Of a page that is carried over: its links are copied where they are. */
const NO_LINKS = encodePageLinks([]);

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
  const sink = new HtmlSink(target.url);
  const body = context.renderer.wantsBodies ? new KeptBody() : null;
  // A page is rendered from its document, so that is always asked for.
  const askingIfChanged = body === null ? conditionalHeaders(target.knownVersion) : {};
  const outcome = await context.fetcher.fetch({
    url: target.url,
    userAgent: context.config.politeness.userAgent,
    headers: { ...ownHeaders(target.url, context), ...askingIfChanged },
    timeoutMs: context.config.fetch.timeoutMs,
    maxBodyBytes: context.config.fetch.maxBodyBytes,
    signal: context.signal,
    onHead: (head) => (body === null ? sink.accept(head) : body.beside(sink.accept(head))),
  });
  context.crashAt('after_fetch');
  if (context.signal.aborted) return null;
  if (outcome.kind === 'failure') {
    if (context.hosts.failed(target.host, outcome, target.urlKey)) await context.onUnreachable(target.host);
    return { settlement: settleFailure(target, outcome, context.config) };
  }
  const isRefused = isRefusal(outcome.status);
  if (!isRefused) context.hosts.answered(target.host, outcome.timings.ttfbMs);
  context.onFetched({
    totalMs: outcome.timings.totalMs,
    parseMs: sink.parseMs,
    wireBytes: outcome.wireBytes,
  });
  if (isRetriedStatus(outcome.status)) {
    const settlement = await (isRefused ? settleRefused : settleBusy)(target, outcome, context);
    if (settlement !== null) return { settlement };
  }
  const wasAsked = Object.keys(askingIfChanged).length > 0;
  if (outcome.status === 304 && wasAsked && target.knownVersion !== undefined) {
    return settleUnchanged(target, outcome, target.knownVersion.executionId, context);
  }
  const seen = await renderTarget(target, outcome, sink.content, body, context);
  if (context.signal.aborted) return null;
  const unrendered = settleUnrendered(target, seen, context);
  if (unrendered !== null) return { settlement: unrendered };
  const { content, rendering } = recordRendering(sink.content, seen);
  const { sniffedType, refusedType } = sink;
  const read = { content, following: content, carriedFrom: null, sniffedType, refusedType, rendering, seen };
  return settleAnswer(target, outcome, read, context);
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

/** Back-offs in a row after which a refusal is the answer, whatever the host says to other URLs. */
const PATIENCE = 6;

/**
 * The host refuses (429, 503): every lane leaves it alone, for as long as it asks or longer each time. A host
 * that refuses whatever it is asked says nothing about this URL, which then loses no attempt.
 */
async function settleRefused(
  target: ClaimedTarget,
  response: FetchResponse,
  context: TargetContext,
): Promise<UrlSettlement | null> {
  const askedMs = retryAfterMs(response.headers, Date.now());
  const reason = `it answered ${response.status}${askedMs === null ? '' : ' with Retry-After'}`;
  const refusesAll = context.hosts.refused(target.host, target.urlKey);
  const backOff = await context.backOff(target.host, { kind: 'refused', askedMs, reason });
  const countAttempt = !refusesAll || backOff.level > PATIENCE;
  if (countAttempt && target.attempt > context.config.fetch.retries) return null;
  return settleAgain(target, response, { askedMs, delayMs: backOff.forMs, countAttempt });
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

/** The page is as it was: its record is carried over, and the crawl goes on from its links as if they were read. */
async function settleUnchanged(
  target: ClaimedTarget,
  response: FetchResponse,
  carriedFrom: string,
  context: TargetContext,
): Promise<CrawledTarget> {
  const carried = await context.carriedPage(carriedFrom, target.urlKey);
  // Its record was deleted meanwhile: the next claim finds no version to ask by.
  if (carried === null)
    return { settlement: settle(target, { kind: 'retry', delayMs: 0, countAttempt: false }) };
  const following = carriedContent(carried);
  const read = { content: null, following, carriedFrom, ...NOTHING_SEEN };
  const headers = freshenedHeaders(carried.headers, response.headers);
  return settleAnswer(target, { ...response, headers }, read, context);
}

const NOTHING_SEEN = { sniffedType: null, refusedType: null, rendering: null, seen: null } as const;

interface AnswerContent {
  /** What the parser saw of this answer; null for what is not HTML. */
  readonly content: PageContent | null;
  /** What the crawl goes on from: the same, or what is carried over. */
  readonly following: CarriedContent | null;
  readonly carriedFrom: string | null;
  readonly sniffedType: string | null;
  /** What a body is that claimed to be HTML. */
  readonly refusedType: string | null;
  /** What a browser saw, for the record and as it came; null for a page that was not to be rendered. */
  readonly rendering: Readonly<Record<string, unknown>> | null;
  readonly seen: Rendering | null;
}

function settleAnswer(
  target: ClaimedTarget,
  response: FetchResponse,
  read: AnswerContent,
  context: TargetContext,
): CrawledTarget {
  const { content, following, carriedFrom } = read;
  const rules = context.rules();
  const blocked = blockedBy(response, content);
  const follow = (response.status >= 200 && response.status < 300) || carriedFrom !== null;
  const findings = discoverLinks(target, following, follow, rules);
  const leadsTo = renderedRedirect(target.url, read.seen) ?? pageRedirect(target.url, response, following);
  const redirect = settleRedirect(target, response, leadsTo, rules);
  const page = buildPageRecord({
    target,
    response,
    fetchedAt: new Date(),
    content,
    rendering: read.rendering,
    redirect: redirect.url === null ? null : rules.memory.identify(redirect.url),
    redirectType: leadsTo?.type ?? null,
    internalLinks: findings.internalLinks,
    externalLinks: findings.externalLinks,
    uniqueInternalLinks: findings.uniqueInternalLinks,
    uniqueExternalLinks: findings.uniqueExternalLinks,
    nofollowLinks: findings.nofollowLinks,
    robotsToken: context.config.politeness.robotsToken,
    sniffedType: read.sniffedType,
    blockedBy: blocked,
    carriedFrom,
  });
  const errors = answerErrors(target, response, blocked, read.refusedType);
  const closed = follow ? rules.traps.closedBy(target.url, page, findings.discoveries) : null;
  const settlement = settle(
    target,
    {
      kind: 'fetched',
      page,
      links: carriedFrom === null ? findings.links : NO_LINKS,
      ...screenshotOf(read.seen),
    },
    {
      discoveries: [...findings.discoveries, ...redirect.discoveries],
      errors: [...errors, ...renderErrors(target, read.seen), ...redirect.errors],
      ...(closed === null ? {} : { closesPattern: closed }),
    },
  );
  return redirect.scopeHost === null
    ? { settlement }
    : { settlement, scopeHost: { host: redirect.scopeHost, seedUrl: target.url } };
}

function screenshotOf(seen: Rendering | null): { readonly screenshot?: Screenshot } {
  return seen?.kind === 'rendered' && seen.screenshot !== null ? { screenshot: seen.screenshot } : {};
}
