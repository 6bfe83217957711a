import type { BackOff, ClaimedTarget, ClaimOutcome, HostRefusal } from '@outrider/db';
import type { ExecutionState, WaitingReason } from '@outrider/shared';
import type { Fetcher } from '../fetch/fetcher.js';
import { TargetQueue } from '../frontier/target-queue.js';
import { LaneRules } from '../reading/lane-rules.js';
import { Recorder } from '../record/recorder.js';
import { settle } from '../record/url-settlement.js';
import { Bell } from './bell.js';
import { CarriedPages } from './carried-pages.js';
import { ClaimSize } from './claim-size.js';
import { type CrawledTarget, crawlTarget } from './crawl-target.js';
import { createCrawleeEngine, type Engine } from './crawlee-engine.js';
import { CurrentScope } from './current-scope.js';
import { fenceFetcher } from './fence-fetcher.js';
import { HostDelays } from './host-delays.js';
import { HostWatch } from './host-watch.js';
import { settleBroken, unrecordable } from './internal-failures.js';
import { LaneLease } from './lane-lease.js';
import { LaneMeter, memoryMb, startSampling } from './lane-meter.js';
import type { LaneEnd, LaneOptions } from './lane-options.js';
import { LaneOrders } from './lane-orders.js';
import { LaneRobots } from './lane-robots.js';
import { LaneSitemaps } from './lane-sitemaps.js';
import { UNTRIED } from './retry-policy.js';
import { isSitemapTask } from './sitemap-task.js';
import { standBy } from './stand-by.js';
import type { TargetContext } from './target-context.js';
import { UnreachableRobots } from './unreachable-robots.js';

export type { LaneEnd, LaneOptions } from './lane-options.js';

/** Milliseconds between claims that bring nothing, doubling from the first figure to the second. */
const IDLE_MS = [20, 500] as const;
/** A full lane claims this often too: that is how it hears that a host is to be left alone or shared. */
const REFRESH_MS = 1_000;

/** Crawls one lane of an execution until the execution is over, the worker drains, or the lane is lost. */
export async function crawlLane(options: LaneOptions): Promise<LaneEnd> {
  return new LaneRun(options).run();
}

class LaneRun {
  readonly #options: LaneOptions;
  readonly #queue = new TargetQueue();
  readonly #recorder: Recorder;
  readonly #lease: LaneLease;
  readonly #fetcher: Fetcher;
  readonly #meter = new LaneMeter();
  readonly #bell = new Bell();
  readonly #engine: Engine;
  readonly #context: TargetContext;
  readonly #sitemaps: LaneSitemaps;
  /** Aborts when the lane ends for whatever reason: a sitemap is not read to its end then. */
  readonly #over = new AbortController();
  /** Aborts every fetch, with the lane or because it was told to. */
  readonly #cut = new AbortController();
  readonly #orders: LaneOrders;
  readonly #delays: HostDelays;
  readonly #hosts = new HostWatch();
  readonly #unreachable = new UnreachableRobots();
  readonly #carried: CarriedPages;
  readonly #robots: LaneRobots;
  readonly #rules: LaneRules;
  readonly #scope: CurrentScope;
  /** Wakes the engine when the next paced URL may start. */
  #paceTimer: NodeJS.Timeout | null = null;
  #end: LaneEnd | null = null;
  #waitingReason: WaitingReason | null = 'standing_by'; // Until URLs are first asked for.
  readonly #claimSize = new ClaimSize();
  #afterHost = '';

  constructor(options: LaneOptions) {
    this.#options = options;
    const { effects, logger } = options;
    this.#delays = new HostDelays(options.config.politeness);
    this.#carried = new CarriedPages((id, keys) => effects.readCarried(id, keys));
    this.#robots = new LaneRobots(options.robots, (reading) => effects.noteRobots(reading));
    this.#rules = new LaneRules(options.config);
    this.#scope = new CurrentScope(effects, [this.#rules, options.reading]);
    this.#recorder = new Recorder({
      commit: (batch) => effects.commit(batch),
      onRefused: () => {
        options.onStaleWrite();
        this.#lose('a write was refused');
      },
      onFailed: (error) => {
        logger.error({ err: error }, 'a batch could not be written; the lane is given up');
        this.#lose('a batch could not be written');
      },
      withoutRecord: (settlement, error) => unrecordable(settlement, error),
    });
    this.#lease = new LaneLease({
      ...{ effects, leaseMs: options.leaseMs },
      onLost: (why) => this.#lose(why),
      onMissed: (error) => logger.warn({ err: error }, 'the lease could not be renewed; trying again'),
      onState: (state) => this.#observe(state),
      beat: () => ({
        memoryMb: memoryMb(),
        waitingReason: this.#waitingReason,
        held: this.#queue.waiting + this.#queue.inFlight + this.#recorder.backlog,
      }),
    });
    this.#fetcher = fenceFetcher(options.fetcher, this.#lease);
    this.#orders = new LaneOrders({
      obey: (inFlight) => effects.obey(inFlight),
      inFlight: () => this.#queue.inFlight,
      cut: (why) => this.#cutOff(why),
      onMissed: (error) => logger.warn({ err: error }, 'orders could not be read; trying again'),
    });
    this.#sitemaps = new LaneSitemaps({
      ...options,
      ...{ effects: effects.sitemaps, robots: this.#robots, fetcher: this.#fetcher },
      ...{ signal: this.#over.signal, abort: this.#cut, hosts: this.#hosts },
      rules: () => this.#rules.current,
      ensureScope: (version) => this.#scope.ensure(version),
      enqueue: (task) => {
        this.#queue.add([task], [], performance.now());
        this.#bell.ring();
        this.#engine.notify();
      },
      backOff: (host, refusal) => this.#backOff(host, refusal),
      delayOf: (host) => this.#delays.of(host)?.delayMs ?? options.config.politeness.delayMs,
      delay: (host, milliseconds) => effects.delay(host, milliseconds),
      onBroken: (error) => {
        logger.error({ err: error }, 'sitemaps cannot be taken; the lane is given up');
        this.#lose('sitemaps cannot be taken');
      },
    });
    this.#context = this.#makeContext();
    this.#engine = createCrawleeEngine(
      {
        hasReady: () => this.#hasReady(),
        next: () => (this.#end === null ? this.#next() : null),
        isOver: () => this.#end !== null && this.#queue.inFlight === 0,
        handle: (target) => this.#handle(target),
      },
      {
        concurrency: options.renderer.concurrency,
        handlerTimeoutSeconds: Math.ceil((options.config.fetch.timeoutMs * 8) / 1_000) + 600,
      },
    );
  }

  async run(): Promise<LaneEnd> {
    const { drain, abort } = this.#options;
    const onDrain = (): void => this.#finish('drained');
    const onAbort = (): void => {
      this.#cut.abort(abort.signal.reason);
      this.#lose(String(abort.signal.reason));
    };
    drain.addEventListener('abort', onDrain, { once: true });
    abort.signal.addEventListener('abort', onAbort, { once: true });
    if (drain.aborted) onDrain();
    const sampling = startSampling(() => this.#sample());
    this.#lease.start();
    try {
      await standBy({ ...this.#options, look: () => this.#claim(0), bell: this.#bell });
      await Promise.all([this.#engine.run(), this.#feed()]);
      if (this.#end !== 'lost') await this.#recorder.flush();
    } finally {
      await this.#orders.stop();
      this.#lease.stop();
      this.#recorder.close();
      sampling.stop();
      if (this.#paceTimer !== null) clearTimeout(this.#paceTimer);
      drain.removeEventListener('abort', onDrain);
      abort.signal.removeEventListener('abort', onAbort);
    }
    await this.#sample();
    return this.#end ?? 'execution_over';
  }

  /** Keeps the queue filled: claims when it runs low, waits when there is nothing to claim. */
  async #feed(): Promise<void> {
    let idleMs: number = IDLE_MS[0];
    let claimedAt = Number.NEGATIVE_INFINITY;
    while (this.#end === null) {
      const isFull = this.#queue.waiting > this.#claimSize.current / 2;
      const isCurrent = performance.now() - claimedAt < REFRESH_MS;
      if (isFull && isCurrent && !this.#queue.lacksPermits) {
        await this.#bell.wait(this.#queue.nextStartInMs(performance.now()) === null ? 1_000 : 100);
        continue;
      }
      // What was just found is what could be claimed next.
      if (this.#queue.waiting === 0) await this.#recorder.flush();
      if (this.#end !== null) return;
      const size = this.#claimSize.adapt(performance.now());
      const outcome = await this.#claim(Math.max(0, size - this.#queue.waiting));
      claimedAt = performance.now();
      if (outcome === null) return;
      this.#engine.notify();
      await this.#sitemaps.look(outcome);
      if (outcome.targets.length > 0) {
        idleMs = IDLE_MS[0];
        this.#waitingReason = null;
      } else {
        this.#waitingReason = this.#reasonOf(outcome.waitingReason);
        await this.#bell.wait(idleMs);
        idleMs = Math.min(idleMs * 2, IDLE_MS[1]);
      }
    }
  }

  async #claim(wanted: number): Promise<Extract<ClaimOutcome, { kind: 'held' }> | null> {
    if (this.#end !== null) return null;
    try {
      const outcome = await this.#options.effects.claim({
        wanted,
        leaseMs: this.#options.leaseMs,
        config: this.#options.config,
        inFlight: this.#queue.committedByHost(),
        held: this.#queue.hosts(),
        delayOf: (host) => this.#delays.of(host),
        seen: this.#hosts.report(performance.now()),
        afterHost: this.#afterHost,
      });
      if (outcome.kind === 'lost') {
        const over = await this.#options.effects.isFinished();
        if (over) this.#observe('completed');
        else this.#lose('a claim was refused');
        return null;
      }
      this.#afterHost = outcome.lastHost;
      // A lane that stands by has nothing to decide, and needs no reading thread yet.
      if (wanted > 0 || this.#queue.waiting > 0) await this.#scope.ensure(outcome.scopeVersion);
      this.#hosts.granted(outcome.grants);
      this.#queue.add(outcome.targets, outcome.grants, performance.now());
      for (const { host, refusal, isSlower } of outcome.grants) {
        if (refusal === 'host_backoff' || refusal === 'host_frozen') await this.#giveBack(host, refusal);
        else if (isSlower) await this.#giveBack(host);
      }
      this.#observe(outcome.executionStatus);
      const isOutOfPages = outcome.waitingReason === 'quota_pages' && this.#queue.waiting === 0;
      if (outcome.shouldYield || isOutOfPages) this.#finish('yielded');
      return outcome;
    } catch (error) {
      this.#options.logger.error({ err: error }, 'claiming failed; the lane is given up');
      this.#lose('claiming failed');
      return null;
    }
  }

  #next(): ClaimedTarget | null {
    const target = this.#queue.next(performance.now());
    // Back to the frontier, as if never claimed.
    for (const missed of this.#queue.takeMissed()) void this.#return(missed);
    return target;
  }

  #hasReady(): boolean {
    if (this.#end !== null) return false;
    const now = performance.now();
    if (this.#queue.hasReady(now)) return true;
    const wait = this.#queue.nextStartInMs(now);
    if (wait !== null && this.#paceTimer === null) {
      this.#paceTimer = setTimeout(() => {
        this.#paceTimer = null;
        this.#engine.notify();
      }, wait);
    }
    return false;
  }

  #reasonOf(ofPages: WaitingReason | null): WaitingReason | null {
    const reason = ofPages === 'frontier_empty' ? (this.#sitemaps.waitingReason ?? ofPages) : ofPages;
    const isDelayed = reason === 'retry_later' || reason === 'host_backoff';
    return isDelayed && this.#unreachable.isWaiting ? 'robots_unreachable' : reason;
  }

  /** The host asked to be left alone: what waits here for it goes back to the frontier, as if never claimed. */
  async #giveBack(host: string, reason: WaitingReason = 'retry_later'): Promise<void> {
    for (const target of this.#queue.takeWaiting(host)) await this.#return(target, reason);
  }

  async #backOff(host: string, refusal: HostRefusal): Promise<BackOff> {
    // Before, so that nothing starts meanwhile; and after, for what a claim brought meanwhile.
    await this.#giveBack(host, 'host_backoff');
    const backOff = await this.#options.effects.backOff(host, refusal);
    await this.#giveBack(host, 'host_backoff');
    return backOff;
  }

  async #return(target: ClaimedTarget, reason: WaitingReason = 'retry_later'): Promise<void> {
    if (isSitemapTask(target)) await this.#sitemaps.giveBack(target, reason);
    else await this.#recorder.add(settle(target, UNTRIED));
  }

  async #handle(target: ClaimedTarget): Promise<void> {
    let crawled: CrawledTarget | null;
    try {
      if (isSitemapTask(target)) {
        await this.#sitemaps.read(target);
        this.#bell.ring();
        return;
      }
      crawled = await crawlTarget(target, this.#context);
      if (crawled !== null) crawled = await this.#sitemaps.scout(target, crawled);
    } catch (error) {
      crawled = this.#cut.signal.aborted
        ? null
        : {
            settlement: settleBroken(target, error, this.#options.config.fetch.retries, this.#options.logger),
          };
    } finally {
      this.#queue.finish(target.host);
    }
    if (crawled === null || this.#end === 'lost') return;
    this.#claimSize.settled();
    const { verdict, closesPattern } = crawled.settlement;
    if (closesPattern !== undefined) this.#rules.close(closesPattern);
    this.#meter.settled(
      verdict.kind === 'failed' || (verdict.kind === 'fetched' && verdict.page.statusCode >= 400),
    );
    this.#options.onSettled(crawled.settlement);
    await this.#recorder.add(crawled.settlement, crawled.scopeHost);
    if (this.#queue.waiting <= this.#claimSize.current / 2) this.#bell.ring();
  }

  #makeContext(): TargetContext {
    const { config, renderer, reading, crashAt, onRead } = this.#options;
    return {
      carriedPage: (executionId, urlKey) => this.#carried.get(executionId, urlKey),
      outdated: new Set(),
      rules: () => this.#rules.current,
      onUnreachable: async (host) => {
        await this.#giveBack(host);
        this.#bell.ring();
      },
      onBrowserUnavailable: (message) => this.#handBack(message),
      backOff: (host, refusal) => this.#backOff(host, refusal),
      onRobots: (host, crawlDelaySeconds, fetched) => this.#learnPace(host, crawlDelaySeconds, fetched),
      onSent: (host) => this.#queue.sent(host, performance.now()),
      onFetched: (measure) => {
        this.#meter.fetched(measure.totalMs, measure.wireBytes);
        this.#options.onFetched(measure);
      },
      ...{ unreachable: this.#unreachable, signal: this.#cut.signal, hosts: this.#hosts },
      ...{ config, fetcher: this.#fetcher, robots: this.#robots, renderer, reading, onRead, crashAt },
    };
  }

  /**
   * A host's pace is the slower of the campaign's and its own Crawl-delay. Reading robots.txt was a fetch too,
   * and a pace that was not known gave the URL no place in it. False in these cases: the URL goes back to the
   * frontier and is claimed in a place of its own.
   */
  async #learnPace(host: string, crawlDelaySeconds: number | null, fetched: boolean): Promise<boolean> {
    const { delayMs, isSlower } = this.#delays.learn(host, crawlDelaySeconds);
    if (delayMs === 0 || (!fetched && !isSlower)) return true;
    await this.#options.effects.delay(host, delayMs);
    await this.#giveBack(host);
    return false;
  }

  #observe(state: ExecutionState): void {
    if (state !== 'running' && state !== 'queued') this.#finish('execution_over');
  }

  #finish(end: LaneEnd): void {
    if (this.#end !== null && end !== 'lost') return;
    this.#end = end;
    if (end !== 'lost') this.#orders.heed();
    this.#over.abort();
    this.#queue.drain();
    this.#bell.ring();
    this.#engine.notify();
  }

  /** Ends the lane here, with all it holds as if never claimed. False when it has ended already. */
  #handBack(why: string): boolean {
    if (this.#end !== null) return false;
    this.#options.logger.error({ why }, 'the lane is handed back: there is no browser');
    this.#finish('browser_unavailable');
    return true;
  }

  /** Ends every fetch in flight; what was settled before is still recorded. */
  #cutOff(why: string): void {
    if (this.#cut.signal.aborted) return;
    this.#options.logger.info({ why, inFlight: this.#queue.inFlight }, 'fetches in flight are cut off');
    this.#cut.abort(new Error(why));
    void this.#options.renderer.close();
  }

  #lose(why: string): void {
    if (this.#end === 'lost') return;
    this.#options.logger.warn({ why }, 'the lane is lost');
    this.#finish('lost');
    this.#recorder.close();
    this.#options.abort.abort(new Error(why));
  }

  async #sample(): Promise<void> {
    if (this.#end === 'lost') return;
    const sample = this.#meter.sample(this.#queue.waiting + this.#queue.inFlight);
    await this.#options.effects.recordSample(sample).catch((error: unknown) => {
      this.#options.logger.debug({ err: error }, 'a performance sample could not be written');
    });
  }
}
