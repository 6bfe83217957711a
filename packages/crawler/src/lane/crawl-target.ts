import type { Batch, ClaimedTarget, CrawlError, Discovery, RedirectHop, Verdict } from '@outrider/db';
import { type CampaignConfig, normalizeUrl } from '@outrider/shared';
import { FETCH_FAILURES } from '../fetch/fetch-failures.js';
import type { FetchFailure, FetchResponse } from '../fetch/fetch-outcome.js';
import type { PageContent } from '../parse/page-content.js';
import { type DiscoveryRules, discoverLinks, discoverRedirect } from '../record/link-discovery.js';
import { buildPageRecord } from '../record/page-record.js';
import { settle, type UrlSettlement } from '../record/url-settlement.js';
import { consultRobots } from './consult-robots.js';
import { crawlError, httpError } from './crawl-errors.js';
import { HtmlSink } from './html-sink.js';
import { isRetriedStatus, retryAfterMs, retryDelayMs } from './retry-policy.js';
import type { TargetContext } from './target-context.js';

export interface CrawledTarget {
  readonly settlement: UrlSettlement;
  readonly scopeHost?: Batch['scopeHosts'][number];
}

/**
 * Takes one claimed URL to its end: robots.txt, fetch, parse, and what follows from the answer. Returns
 * null when the lane was aborted meanwhile, or ended while the URL waited for its turn: then nothing is
 * known about the URL, and giving the lane back makes it pending again.
 */
export async function crawlTarget(
  target: ClaimedTarget,
  context: TargetContext,
): Promise<CrawledTarget | null> {
  const trap = target.isSeed ? null : context.rules().traps.decideSiblings(target.url);
  if (trap?.crawl === false) {
    return { settlement: settle(target, { kind: 'skipped', reason: trap.reason, rule: trap.rule }) };
  }
  const refusal = await consultRobots(target, context).catch((error: unknown) => {
    if (context.signal.aborted) return null;
    throw error;
  });
  if (context.signal.aborted || refusal === 'lane_over') return null;
  if (refusal !== null) return { settlement: settle(target, refusal.verdict, { errors: refusal.errors }) };

  context.crashAt('before_fetch');
  const sink = new HtmlSink(target.url);
  const outcome = await context.fetcher.fetch({
    url: target.url,
    userAgent: context.config.politeness.userAgent,
    headers: ownHeaders(target.url, context),
    timeoutMs: context.config.fetch.timeoutMs,
    maxBodyBytes: context.config.fetch.maxBodyBytes,
    signal: context.signal,
    onHead: (head) => sink.accept(head),
  });
  context.crashAt('after_fetch');
  if (context.signal.aborted) return null;
  if (outcome.kind === 'failure') return { settlement: settleFailure(target, outcome, context.config) };
  context.onFetched({
    totalMs: outcome.timings.totalMs,
    parseMs: sink.parseMs,
    wireBytes: outcome.wireBytes,
  });
  if (isRetriedStatus(outcome.status)) {
    const settlement = await settleBusy(target, outcome, context);
    if (settlement !== null) return { settlement };
  }
  return settleAnswer(target, outcome, sink.content, context);
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

/** The host says "not now": it is left alone for as long as it asks, and the URL comes again if it may. */
async function settleBusy(
  target: ClaimedTarget,
  response: FetchResponse,
  context: TargetContext,
): Promise<UrlSettlement | null> {
  const asked = retryAfterMs(response.headers, Date.now());
  if (asked !== null && asked > 0)
    await context.backOff(target.host, asked, `Retry-After with status ${response.status}`);
  if (target.attempt > context.config.fetch.retries) return null;
  const error = crawlError(target, {
    errorType: 'http',
    severity: 'info',
    code: `http_${response.status}`,
    message: `the server answered ${response.status}; it is asked again`,
    status: response.status,
    context: { willRetry: true, retryAfterMs: asked },
  });
  const delayMs = Math.max(asked ?? 0, retryDelayMs(target.attempt));
  return settle(target, { kind: 'retry', delayMs, countAttempt: true }, { errors: [error] });
}

function settleAnswer(
  target: ClaimedTarget,
  response: FetchResponse,
  content: PageContent | null,
  context: TargetContext,
): CrawledTarget {
  const rules = context.rules();
  const follow = response.status >= 200 && response.status < 300;
  const findings = discoverLinks(target, content, follow, rules);
  const redirect = settleRedirect(target, response, rules);
  const page = buildPageRecord({
    target,
    response,
    fetchedAt: new Date(),
    content,
    redirect: redirect.url === null ? null : rules.memory.identify(redirect.url),
    internalLinks: findings.internalLinks,
    externalLinks: findings.externalLinks,
    robotsToken: context.config.politeness.robotsToken,
  });
  const error = httpError(target, response.status);
  const closed = follow
    ? rules.traps.closedBy(target.url, content?.text.contentHash ?? null, findings.discoveries)
    : null;
  const settlement = settle(
    target,
    { kind: 'fetched', page, links: findings.links },
    {
      discoveries: [...findings.discoveries, ...redirect.discoveries],
      errors: [...(error === null ? [] : [error]), ...redirect.errors],
      ...(closed === null ? {} : { closesPattern: closed }),
    },
  );
  return redirect.scopeHost === null
    ? { settlement }
    : { settlement, scopeHost: { host: redirect.scopeHost, seedUrl: target.url } };
}

interface RedirectFindings {
  readonly url: string | null;
  readonly discoveries: readonly Discovery[];
  readonly errors: readonly CrawlError[];
  readonly scopeHost: string | null;
}

/** Where a redirect leads, as a target of its own; what is wrong with it, as an error of the page that sent it. */
function settleRedirect(
  target: ClaimedTarget,
  response: FetchResponse,
  rules: DiscoveryRules,
): RedirectFindings {
  const none = { url: null, discoveries: [], errors: [], scopeHost: null };
  const { location } = response;
  if (location === null) return none;
  const failed = (code: string, message: string, url: string | null = null): RedirectFindings => ({
    ...none,
    url,
    errors: [
      crawlError(target, {
        errorType: 'validation',
        severity: 'error',
        code,
        message,
        status: response.status,
        context: { location: location.raw, hops: target.redirectHops },
      }),
    ],
  });
  const normalized = location.url === null ? null : normalizeUrl(location.url);
  if (normalized === null || !normalized.ok) {
    const problem = location.problem ?? (normalized?.ok === false ? normalized.problem : 'invalid');
    return failed('bad_redirect', `the redirect leads nowhere that can be fetched (Location: ${problem})`);
  }
  const hop: RedirectHop = {
    url: target.url,
    status: response.status,
    type: 'http',
    ms: response.timings.totalMs,
  };
  const hops = [...target.redirectHops, hop];
  // As the crawl knows it: without the parameters that the campaign strips.
  const { url: destination } = rules.memory.identify(normalized.url);
  if (hops.some(({ url }) => url === destination)) {
    return failed('redirect_loop', 'the redirect leads back to a URL that led here', normalized.url);
  }
  const { discovery, scopeHost } = discoverRedirect(target, normalized.url, hops, rules);
  const found = { url: normalized.url, discoveries: [discovery], scopeHost };
  if (discovery.skip?.reason !== 'redirect_limit') return { ...found, errors: [] };
  return {
    ...found,
    errors: failed('too_many_redirects', `the redirect is number ${hops.length} of its chain`).errors,
  };
}
