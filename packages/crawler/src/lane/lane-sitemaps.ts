import type { ClaimedSitemap, ClaimedTarget, CrawlError, SitemapOutcome } from '@outrider/db';
import type { CampaignConfig, WaitingReason } from '@outrider/shared';
import type { Logger } from '@outrider/telemetry';
import { crawlError } from '../record/crawl-errors.js';
import type { RobotsAnswer, RobotsStanding } from '../robots/robots-gate.js';
import { readsRobotsSitemaps, robotsSitemaps } from '../sitemap/sitemap-findings.js';
import type { CrawledTarget } from './crawl-target.js';
import type { AskRobots } from './lane-robots.js';
import { isPassingTrouble } from './passing-trouble.js';
import { pause } from './pause.js';
import { type ReadSitemapContext, readSitemap } from './read-sitemap.js';
import { replaySitemap } from './replay-sitemap.js';
import { retryDelayMs } from './retry-policy.js';
import type { SitemapEffects } from './sitemap-effects.js';
import { type SitemapTask, sitemapTask } from './sitemap-task.js';

export interface LaneSitemapsOptions extends Omit<ReadSitemapContext, 'commitUrls'> {
  readonly config: CampaignConfig;
  readonly effects: SitemapEffects;
  readonly robots: AskRobots;
  readonly logger: Logger;
  /** Aborts when nothing more can be written, later than `signal`: what a page in flight needs goes on until then. */
  readonly abort: AbortController;
  /** Sees to it that the rules are those of this version of the scope. */
  readonly ensureScope: (version: number) => Promise<void>;
  /** Puts a file into the lane's queue. */
  readonly enqueue: (task: SitemapTask) => void;
  /** Milliseconds between two fetches of a host. */
  readonly delayOf: (host: string) => number;
  readonly delay: (host: string, milliseconds: number) => Promise<void>;
  /** The list of sitemaps cannot be worked with. */
  readonly onBroken: (error: unknown) => void;
}

/** What an origin's robots.txt says in the end, and what went wrong before. */
interface ScoutedRobots {
  readonly standing: RobotsStanding;
  readonly errors: readonly CrawlError[];
}

/** A busy lane looks this often for files that another one found, or that had to wait for the seeds. */
const LOOK_MS = 1_000;
const AGAIN_MS = 5_000;
/** Before robots.txt is asked for again when the database was away or busy. */
const STORE_AWAY_MS = 500;

/**
 * A lane's part in the sitemaps of its execution: it notes the files that each robots.txt names, takes one file
 * at a time from the list, and reads it between its pages. Pages never wait for a sitemap.
 */
export class LaneSitemaps {
  readonly #options: LaneSitemapsOptions;
  readonly #scouted = new Set<string>();
  readonly #usesRobots: boolean;
  readonly #isUsed: boolean;
  #hasTask = false;
  #isDue = true;
  #waitingReason: WaitingReason | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(options: LaneSitemapsOptions) {
    this.#options = options;
    this.#usesRobots = readsRobotsSitemaps(options.config);
    this.#isUsed = this.#usesRobots || options.config.sitemaps.urls.length > 0;
  }

  /** Why a file that this lane had is on the list again; null once one is read. */
  get waitingReason(): WaitingReason | null {
    return this.#waitingReason;
  }

  /** Takes a pending file onto the queue, if it is time to look for one. To be called after each claim. */
  async look(claim: {
    readonly targets: readonly unknown[];
    readonly waitingReason: WaitingReason | null;
  }): Promise<void> {
    if (!this.#isUsed || this.#hasTask || isOver(claim.waitingReason)) return;
    const now = performance.now();
    if (!this.#isDue && claim.targets.length > 0 && now - this.#lookedAt < LOOK_MS) return;
    this.#isDue = false;
    this.#lookedAt = now;
    try {
      const leased = await this.#options.effects.lease();
      if (leased === null || typeof leased === 'string') {
        if (leased !== null || isOfHost(this.#waitingReason)) this.#waitingReason = leased;
        return;
      }
      this.#hasTask = true;
      await this.#options.ensureScope(leased.scopeVersion);
      this.#options.enqueue(sitemapTask(leased.file, await this.#placeOf(leased.file)));
    } catch (error) {
      this.#options.onBroken(error);
    }
  }

  /** In how many milliseconds a file may be fetched; at once where nothing is. */
  async #placeOf({ host, pinnedId }: ClaimedSitemap): Promise<number> {
    return pinnedId === null ? this.#options.effects.takePlace(host, this.#options.delayOf(host)) : 0;
  }

  /**
   * Notes the sitemaps that a page's robots.txt names, before the page itself is settled: so an execution cannot
   * end between the two. Once per origin, and after its first page, which alone waits for it. A file that cannot be
   * read is asked for again as often as the campaign retries, and is then an error beside those of the page.
   * Null when the lane ended while the file was waited for: the page comes again.
   */
  async scout(target: ClaimedTarget, crawled: CrawledTarget): Promise<CrawledTarget | null> {
    const { verdict } = crawled.settlement;
    if (!this.#usesRobots || verdict.kind === 'retry') return crawled;
    if (verdict.kind === 'skipped' && verdict.reason === 'robots_unreachable') return crawled;
    const { url, host } = target;
    const origin = url.slice(0, url.indexOf('//') + 2 + host.length);
    if (this.#scouted.has(origin)) return crawled;
    this.#scouted.add(origin);
    try {
      return await this.#noteSitemaps(target, origin, crawled);
    } catch (error) {
      // The page comes again, and with it the question.
      this.#scouted.delete(origin);
      throw error;
    }
  }

  async #noteSitemaps(
    target: ClaimedTarget,
    origin: string,
    crawled: CrawledTarget,
  ): Promise<CrawledTarget | null> {
    const { settlement } = crawled;
    // Of a page that could not be had either, the host is asked once.
    const retries = settlement.verdict.kind === 'failed' ? 0 : this.#options.config.fetch.retries;
    const found = await this.#readRobots(target, origin, retries);
    if (found === null) return null;
    const { standing, errors } = found;
    if (standing.kind === 'rules' && standing.file.sitemaps.length > 0) {
      await this.#options.effects.add(robotsSitemaps(standing.file.sitemaps, origin));
      this.#isDue = true;
    }
    if (errors.length === 0) return crawled;
    return { ...crawled, settlement: { ...settlement, errors: [...settlement.errors, ...errors] } };
  }

  async #readRobots(target: ClaimedTarget, origin: string, retries: number): Promise<ScoutedRobots | null> {
    const { config, delay, robots, signal } = this.#options;
    const { delayMs } = config.politeness;
    const errors: CrawlError[] = [];
    for (let attempt = 1; ; attempt++) {
      const { standing, fetched } = await this.#askRobots(origin);
      if (fetched && delayMs > 0) await delay(target.host, delayMs);
      if (standing.kind !== 'unreachable') return { standing, errors };
      const willRetry = attempt <= retries;
      errors.push(unknownSitemaps(target, standing.detail, willRetry));
      if (!willRetry) return { standing, errors };
      await pause(Math.max(delayMs, retryDelayMs(attempt)), signal);
      if (signal.aborted) return null;
      robots.forget(origin);
    }
  }

  /**
   * Asks until there is an answer: the page was parsed, its links count as found from then on, and it must not
   * go back to the frontier for want of this.
   */
  async #askRobots(origin: string): Promise<RobotsAnswer> {
    const { config, robots, abort } = this.#options;
    const { userAgent } = config.politeness;
    const ask = { origin, userAgent, timeoutMs: config.fetch.timeoutMs, signal: abort.signal };
    for (;;) {
      try {
        return await robots.ask(ask);
      } catch (error) {
        if (!isPassingTrouble(error) || abort.signal.aborted) throw error;
        await pause(STORE_AWAY_MS, abort.signal);
      }
    }
  }

  /** Reads a file whose turn has come. */
  async read(task: SitemapTask): Promise<void> {
    const { effects, signal, logger, onBroken } = this.#options;
    const file = task.sitemap;
    this.#waitingReason = null;
    try {
      const commitUrls = effects.commitUrls.bind(effects, file);
      const context = { ...this.#options, commitUrls };
      const { pinnedId } = file;
      const outcome =
        pinnedId === null ? await readSitemap(task, context) : await this.#replay(task, pinnedId, context);
      if (outcome !== null) await effects.settle(file, outcome);
      if (outcome?.state === 'pending') this.#waitingReason = 'retry_later';
    } catch (error) {
      if (signal.aborted) return;
      logger.error({ err: error, url: task.url }, 'a sitemap could not be read');
      await this.#settleBroken(task, error).catch(onBroken);
    } finally {
      this.#hasTask = false;
      this.#isDue = true;
    }
  }

  async #replay(
    task: SitemapTask,
    pinnedId: string,
    context: ReadSitemapContext,
  ): Promise<SitemapOutcome | null> {
    const pinned = await this.#options.effects.readPinned(pinnedId);
    if (pinned === null) throw new Error('the records of the repeated execution are gone');
    return replaySitemap(task, pinned, context);
  }

  /** Puts a file back on the list: its host is to be left alone, or its turn was missed. Does not throw. */
  async giveBack(task: SitemapTask, reason: WaitingReason): Promise<void> {
    const { effects, signal, onBroken } = this.#options;
    this.#hasTask = false;
    this.#waitingReason = reason;
    const retry = { state: 'pending', delayMs: AGAIN_MS, countAttempt: false, errors: [] } as const;
    try {
      await effects.settle(task.sitemap, retry);
    } catch (error) {
      if (!signal.aborted) onBroken(error);
    }
  }

  async #settleBroken(task: SitemapTask, error: unknown): Promise<void> {
    if (isPassingTrouble(error)) {
      await this.giveBack(task, 'retry_later');
      return;
    }
    const failure = error instanceof Error ? error : new Error(String(error));
    const facts = { errorType: 'internal', severity: 'critical', code: 'internal_error' } as const;
    await this.#options.effects.settle(task.sitemap, {
      state: 'failed',
      ...{ format: null, httpStatusCode: null, contentType: null, wireBytes: 0, decodedBytes: 0, entries: 0 },
      ...{ urlsInScope: 0, dropped: {}, newestLastmod: null, files: [] },
      error: { code: facts.code, message: failure.message },
      errors: [crawlError(task, { ...facts, message: failure.message, stack: failure.stack })],
    });
  }
}

/** Whether a host is left alone, which ends without this lane. */
function isOfHost(reason: WaitingReason | null): boolean {
  return reason === 'host_backoff' || reason === 'host_frozen';
}

function unknownSitemaps(target: ClaimedTarget, detail: string, willRetry: boolean): CrawlError {
  return crawlError(target, {
    errorType: 'robot_blocked',
    severity: willRetry ? 'info' : 'error',
    code: 'robots_unreachable',
    message: `which sitemaps the site has is not known, since robots.txt could not be read: ${detail}`,
    context: { willRetry },
  });
}

/** Whether nothing more is to be fetched, sitemaps as little as pages. */
function isOver(reason: WaitingReason | null): boolean {
  return (
    reason === 'not_running' ||
    reason === 'page_limit' ||
    reason === 'byte_limit' ||
    reason === 'duration_limit'
  );
}
