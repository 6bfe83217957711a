import type { CrawlError, SitemapOutcome, SitemapRetry, SitemapUrl } from '@outrider/db';
import { type CrawlErrorType, normalizeUrl } from '@outrider/shared';
import { FETCH_FAILURES } from '../fetch/fetch-failures.js';
import type { FetchFailure, FetchOutcome, FetchResponse } from '../fetch/fetch-outcome.js';
import type { BodySink } from '../fetch/fetch-request.js';
import type { Fetcher } from '../fetch/fetcher.js';
import { crawlError } from '../record/crawl-errors.js';
import type { DiscoveryRules } from '../record/link-discovery.js';
import { SitemapBody } from '../sitemap/sitemap-body.js';
import { SITEMAP_LIMITS } from '../sitemap/sitemap-entry.js';
import { isNear, newSitemap, SitemapFindings } from '../sitemap/sitemap-findings.js';
import { SitemapReader, type SitemapReport } from '../sitemap/sitemap-reader.js';
import { type BackOffRefusedContext, backOffRefused } from './back-off-refused.js';
import { isRefusal, isRetriedStatus, retryAfterMs, retryDelayMs } from './retry-policy.js';
import type { SitemapTask } from './sitemap-task.js';
import { UrlWriter } from './sitemap-url-writer.js';

export interface ReadSitemapContext extends BackOffRefusedContext {
  readonly fetcher: Fetcher;
  readonly rules: () => DiscoveryRules;
  /** Ends the reading: the lane is over. */
  readonly signal: AbortSignal;
  readonly commitUrls: (urls: readonly SitemapUrl[]) => Promise<boolean>;
}

/** A sitemap is larger than a page; the campaign's own limit holds where it is longer. */
const TIMEOUT_MS = 60_000;
/** The chunk that passes the fetcher's limit is not handed over, so its limit lies a little above the reader's. */
const LAST_CHUNK_BYTES = 1_048_576;
const MAX_REDIRECTS = 5;

/**
 * Reads one sitemap file over HTTP: its URLs go to the database as they come, in parts, and what became of the
 * file is returned. robots.txt is not asked: the site itself names the file. Null when the lane ended meanwhile:
 * then the file is read again by whoever has the lane next, and finds its URLs there.
 */
export async function readSitemap(
  task: SitemapTask,
  context: ReadSitemapContext,
): Promise<SitemapOutcome | SitemapRetry | null> {
  const reading = new Reading(task, context);
  const outcome = await reading.run();
  if (context.signal.aborted) return null;
  const report = await reading.finish(outcome);
  if (context.signal.aborted || report === null) return null;
  return judge(task, context, outcome, report, reading.findings);
}

class Reading {
  readonly findings: SitemapFindings;
  readonly #task: SitemapTask;
  readonly #context: ReadSitemapContext;
  readonly #writer: UrlWriter;
  readonly #body: SitemapBody;
  /** Ends the fetch once more of it would change nothing. */
  readonly #enough = new AbortController();

  constructor(task: SitemapTask, context: ReadSitemapContext) {
    this.#task = task;
    this.#context = context;
    this.findings = new SitemapFindings(task.sitemap, context.rules);
    this.#writer = new UrlWriter(context.commitUrls, () => this.#enough.abort());
    const reader: SitemapReader = new SitemapReader({
      onEntry: (entry) => {
        if (reader.format === 'index') this.findings.child(entry);
        else this.#writer.add(this.findings.page(entry));
      },
    });
    this.#body = new SitemapBody(reader);
  }

  run(): Promise<FetchOutcome> {
    const { config, seedOrigins } = this.#context.rules();
    const { url } = this.#task;
    return this.#context.fetcher.fetch({
      url,
      userAgent: config.politeness.userAgent,
      headers: seedOrigins.has(new URL(url).origin) ? config.fetch.headers : {},
      timeoutMs: Math.max(TIMEOUT_MS, config.fetch.timeoutMs),
      maxBodyBytes: SITEMAP_LIMITS.maxBytes + LAST_CHUNK_BYTES,
      signal: AbortSignal.any([this.#context.signal, this.#enough.signal]),
      onHead: (head) => (head.status >= 200 && head.status < 300 ? this.#sink() : null),
    });
  }

  /** What was read, when all of it is written; null when the lane turned out to be another's. */
  async finish(outcome: FetchOutcome): Promise<SitemapReport | null> {
    const report = await this.#body.report(outcome.kind === 'failure' || outcome.truncated);
    return (await this.#writer.finish()) ? report : null;
  }

  #sink(): BodySink {
    return {
      write: (chunk) => {
        this.#body.write(chunk);
        if (!this.#body.wantsMore) this.#enough.abort();
      },
      end: () => this.#body.end(),
    };
  }
}

async function judge(
  task: SitemapTask,
  context: ReadSitemapContext,
  outcome: FetchOutcome,
  report: SitemapReport,
  findings: SitemapFindings,
): Promise<SitemapOutcome | SitemapRetry> {
  if (outcome.kind === 'failure') return judgeFailure(task, context, outcome, report, findings);
  const { status } = outcome;
  if (outcome.location !== null) return judgeRedirect(task, context, outcome);
  const base = concluded(report, findings, outcome);
  if (status >= 200 && status < 300) {
    const cut = { code: 'sitemap_truncated', message: 'the connection ended before the file did' };
    const problem = report.problem ?? (outcome.truncated ? cut : null);
    return problem === null ? base : withProblem(task, base, problem, 'parsing');
  }
  if (isRetriedStatus(status)) {
    const askedMs = retryAfterMs(outcome.headers, Date.now());
    const leastMs = await leaveAlone(task, status, askedMs, context);
    if (task.attempt <= context.rules().config.fetch.retries) {
      return again(task, Math.max(leastMs, retryDelayMs(task.attempt)), `http_${status}`, 'http');
    }
  }
  const problem = { code: `http_${status}`, message: `the server answered ${status}` };
  return withProblem(task, { ...base, state: 'failed' }, problem, 'http');
}

/**
 * As for a page: a refusal (429, 503) is a back-off of the host, and any Retry-After is kept. Returns in how many
 * milliseconds the file may come again.
 */
async function leaveAlone(
  task: SitemapTask,
  status: number,
  askedMs: number | null,
  context: ReadSitemapContext,
): Promise<number> {
  const reason = `it answered ${status} for a sitemap`;
  if (isRefusal(status)) return (await backOffRefused(task, { askedMs, reason }, context)).delayMs;
  if (askedMs === null || askedMs <= 0) return 0;
  await context.backOff(task.host, { kind: 'asked', forMs: askedMs, reason });
  return askedMs;
}

function judgeFailure(
  task: SitemapTask,
  context: ReadSitemapContext,
  failure: FetchFailure,
  report: SitemapReport,
  findings: SitemapFindings,
): SitemapOutcome | SitemapRetry {
  const base = concluded(report, findings, null);
  const seen = { ...base, httpStatusCode: failure.status };
  // It was us who had enough of it.
  if (report.problem !== null) return withProblem(task, seen, report.problem, 'parsing');
  const { errorType, retry } = FETCH_FAILURES[failure.code];
  const isEndless = failure.code === 'body_timeout' && report.entries > 0;
  if (retry === 'retry' && !isEndless && task.attempt <= context.rules().config.fetch.retries) {
    return again(task, retryDelayMs(task.attempt), failure.code, errorType);
  }
  return withProblem(task, seen, { code: failure.code, message: failure.message }, errorType);
}

/** Where a redirect leads is a file of its own, so that it gets its host's permit and the checks of its address. */
function judgeRedirect(
  task: SitemapTask,
  context: ReadSitemapContext,
  response: FetchResponse,
): SitemapOutcome {
  const base = { ...concluded(null, null, response), state: 'failed' } as const;
  const { location } = response;
  const normalized = location?.url == null ? null : normalizeUrl(location.url);
  const failed = (code: string, message: string): SitemapOutcome =>
    withProblem(task, base, { code, message }, 'validation');
  if (normalized === null || !normalized.ok) return failed('bad_redirect', 'the redirect leads nowhere');
  if (!isNear(normalized.url, task.url, context.rules())) {
    return failed('redirect_out_of_scope', `the redirect leads to another site: ${normalized.url}`);
  }
  const { id, depth, redirects } = task.sitemap;
  if (redirects >= MAX_REDIRECTS)
    return failed('too_many_redirects', `it is redirect number ${redirects + 1}`);
  const place = { foundIn: 'redirect', parentId: id, depth, redirects: redirects + 1 } as const;
  return { ...base, state: 'read', files: [newSitemap(normalized.url, place)] };
}

function concluded(
  report: SitemapReport | null,
  findings: SitemapFindings | null,
  response: FetchResponse | null,
): SitemapOutcome {
  return {
    state: 'read',
    format: report?.format ?? null,
    httpStatusCode: response?.status ?? null,
    contentType: response?.contentType ?? null,
    wireBytes: response?.wireBytes ?? 0,
    decodedBytes: report?.bytes ?? 0,
    entries: report?.entries ?? 0,
    urlsInScope: findings?.urlsInScope ?? 0,
    dropped: findings?.dropped ?? {},
    newestLastmod: findings?.newestLastmod ?? null,
    error: null,
    files: findings?.files ?? [],
    errors: [],
  };
}

/** A file with a problem counts as far as it was read; one that gave nothing has failed. */
function withProblem(
  task: SitemapTask,
  outcome: SitemapOutcome,
  problem: { readonly code: string; readonly message: string },
  errorType: CrawlErrorType,
): SitemapOutcome {
  const state = outcome.entries === 0 ? 'failed' : outcome.state;
  const severity = state === 'failed' ? 'error' : 'warning';
  return { ...outcome, state, error: problem, errors: [sitemapError(task, problem, errorType, severity)] };
}

function again(task: SitemapTask, delayMs: number, code: string, errorType: CrawlErrorType): SitemapRetry {
  const error = sitemapError(task, { code, message: 'the sitemap is asked for again' }, errorType, 'info');
  return { state: 'pending', delayMs, countAttempt: true, errors: [error] };
}

function sitemapError(
  task: SitemapTask,
  { code, message }: { readonly code: string; readonly message: string },
  errorType: CrawlErrorType,
  severity: 'info' | 'warning' | 'error',
): CrawlError {
  return crawlError(task, { errorType, severity, code, message: `sitemap: ${message}` });
}
