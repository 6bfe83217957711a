import { hostname } from 'node:os';
import {
  beatInstance,
  type Database,
  type InstanceState,
  noteInstanceEnd,
  readRobotsFile,
  registerInstance,
  type Settlement,
  storeRobotsFile,
  type TakenLane,
  takeNextLane,
} from '@outrider/db';
import { type CampaignConfig, type CrashAt, newId } from '@outrider/shared';
import type { Logger, Metrics } from '@outrider/telemetry';
import { type PageRenderer, plainRenderer } from '../browser/page-renderer.js';
import type { RenderService } from '../browser/render-service.js';
import type { Fetcher } from '../fetch/fetcher.js';
import { crawlLane, type LaneEnd } from '../lane/crawl-lane.js';
import { createDatabaseEffects } from '../lane/database-effects.js';
import { watchIdleCores } from '../lane/idle-cores.js';
import { memoryMb } from '../lane/lane-meter.js';
import type { ReadingThreads } from '../reading/reading-threads.js';
import { ROBOTS_LIFE, RobotsGate, type RobotsStore } from '../robots/robots-gate.js';

export interface CrawlWorkerOptions {
  /** Default: a new one. */
  readonly instanceId?: string;
  /** How the worker of this machine ended that this one replaces, as its supervisor saw it. */
  readonly previousExit?: { readonly pid: number; readonly how: string } | null;
  /** Whether a supervisor asks it for answers. Default: no. */
  readonly supervised?: boolean;
  /** On the role outrider_app: everything a lane reads and writes is its tenant's. */
  readonly tenantDatabase: Database;
  /** On the role outrider_system: the registry of workers, and whose turn it is. */
  readonly systemDatabase: Database;
  readonly fetcher: Fetcher;
  readonly readings: ReadingThreads;
  /** Null for a worker without a browser. */
  readonly rendering: RenderService | null;
  readonly logger: Logger;
  readonly metrics: Metrics<'worker'>;
  readonly crashAt: CrashAt;
  readonly leaseMs: number;
  /** How long an execution is left to the first worker of a machine, in milliseconds. Default: not at all. */
  readonly standbyMs?: number;
  /** What ends that earlier (see standBy). Default: the machine's own cores. */
  readonly idleCores?: () => number | null;
  /** Lanes at a time. */
  readonly capacity: number;
  readonly version: string;
  /** The first back-off of a host that refuses and names no wait of its own, in milliseconds. Default: a minute. */
  readonly hostBackOffMs?: number;
  /** The clock by which what was read of robots.txt files grows old, in milliseconds. Default: the machine's. */
  readonly now?: () => number;
}

const HOST_BACK_OFF_MS = 60_000;
/** How long fetches in flight may take to finish when a worker closes, in milliseconds. */
const DRAIN_MS = 25_000;

/** One worker process: registered, beating, and crawling the lanes whose turn it is. */
export class CrawlWorker {
  readonly instanceId: string;
  readonly #options: CrawlWorkerOptions;
  readonly #robots: RobotsGate;
  #lanes = 0;
  #draining = false;
  readonly #running = new Set<{ readonly drain: AbortController; readonly abort: AbortController }>();
  /** Those who wait for room, and for the last lane to end. */
  readonly #waiting = new Set<() => void>();
  #timer: NodeJS.Timeout | null = null;
  #isProven = false;
  #cpu = process.cpuUsage();
  #beatAt = performance.now();

  constructor(options: CrawlWorkerOptions) {
    this.#options = options;
    this.instanceId = options.instanceId ?? newId();
    const { systemDatabase: database } = options;
    const store: RobotsStore = {
      read: (origin) => database.withSystem((tx) => readRobotsFile(tx, origin)),
      write: (origin, robots) =>
        database.withSystem((tx) => storeRobotsFile(tx, origin, robots, ROBOTS_LIFE)),
    };
    this.#robots = new RobotsGate(options.fetcher, store, options.now ?? Date.now);
  }

  /** Registers the worker and keeps its heartbeat. */
  async start(): Promise<void> {
    const { systemDatabase, capacity, version, leaseMs, metrics } = this.#options;
    const { previousExit = null, supervised = false } = this.#options;
    metrics.set('outrider_lane_capacity', {}, capacity);
    await systemDatabase.withSystem(async (tx) => {
      await registerInstance(tx, {
        id: this.instanceId,
        host: hostname(),
        pid: process.pid,
        version,
        capabilities: this.#offer().capabilities,
        capacity,
        supervised,
      });
      // Evidence, should a URL be what ended it.
      if (previousExit !== null) await noteInstanceEnd(tx, { host: hostname(), ...previousExit });
    });
    this.#timer = setInterval(() => {
      void this.#beat();
      if (this.#lanes === 0 && !this.#draining) void this.#proveBrowser();
    }, leaseMs / 3);
  }

  /** Takes no part in the fleet any more. Lanes are ended before: see `drain` and `idle`. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#beat('gone');
  }

  /**
   * Asks every lane to finish what is in flight and give itself back, and cuts off what is still in
   * flight after DRAIN_MS.
   */
  drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    this.#options.metrics.set('outrider_lane_capacity', {}, 0);
    for (const { drain, abort } of this.#running) {
      drain.abort();
      setTimeout(() => abort.abort(new Error('the worker closes')), DRAIN_MS).unref();
    }
    for (const wake of this.#waiting) wake();
    void this.#beat();
  }

  /** Lanes it holds, or is about to. */
  get activeLanes(): number {
    return this.#lanes;
  }

  /**
   * Some lane wants a worker: takes the one whose turn it is, which the ledger decides, and crawls it to its
   * end. A full worker waits for room first. Returns at once when no lane is to be had. A lost lock of the
   * queue's job ends nothing: the lane's lease is in the ledger, and a queue that is away or was emptied must
   * not cost a crawl.
   */
  async hear(): Promise<void> {
    while (this.#lanes >= this.#options.capacity && !this.#draining) await this.#change();
    const taken = await this.takeNext();
    await taken?.crawl;
  }

  /** Takes the lane whose turn it is, if there is room for it here; null when none is to be had. */
  async takeNext(): Promise<{ readonly crawl: Promise<void> } | null> {
    const { capacity } = this.#options;
    if (this.#draining || this.#lanes >= capacity) return null;
    // Before the ledger is asked, so that two who ask at once do not share one place.
    this.#countLane(1);
    let taken: TakenLane | null = null;
    try {
      taken = await this.#take();
    } finally {
      if (taken === null) this.#countLane(-1);
    }
    if (taken === null) return null;
    return { crawl: this.#crawl(taken).finally(() => this.#countLane(-1)) };
  }

  /** Waits for the last lane to end, at most this long, and says whether it did. */
  async idle(milliseconds: number): Promise<boolean> {
    const deadline = AbortSignal.timeout(milliseconds);
    while (this.#lanes > 0 && !deadline.aborted) await this.#change(deadline);
    return this.#lanes === 0;
  }

  #countLane(by: 1 | -1): void {
    this.#lanes += by;
    this.#options.metrics.set('outrider_active_lanes', {}, this.#lanes);
    if (by === -1) for (const wake of this.#waiting) wake();
  }

  /** Resolves when a lane ends, when the worker drains, or when `signal` aborts. */
  #change(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** What it can do at this moment. A browser that does not start renders nothing for a while: another worker's may. */
  #offer(): { readonly capabilities: readonly string[]; readonly browserTrouble: string | null } {
    const { rendering } = this.#options;
    const browserTrouble = rendering?.trouble() ?? null;
    const canRender = rendering !== null && browserTrouble === null;
    return { capabilities: canRender ? ['http', 'browser'] : ['http'], browserTrouble };
  }

  /** A worker that has nothing else to do finds out whether its browser starts, before a lane is left to it for that. */
  async #proveBrowser(): Promise<void> {
    if (this.#isProven) return;
    this.#isProven = true;
    await this.#options.rendering?.prove();
    if (this.#offer().browserTrouble !== null) await this.#beat();
  }

  #take(): Promise<TakenLane | null> {
    const { systemDatabase, leaseMs, capacity } = this.#options;
    const canRender = this.#offer().capabilities.includes('browser');
    const taker = { instanceId: this.instanceId, leaseMs, canRender, capacity };
    return systemDatabase.withSystem((tx) => takeNextLane(tx, taker));
  }

  async #crawl({ hold, config }: TakenLane): Promise<void> {
    const { metrics, leaseMs, crashAt } = this.#options;
    const logger = this.#options.logger.child({
      executionId: hold.executionId,
      laneId: hold.laneId,
      epoch: hold.epoch,
    });
    const abort = new AbortController();
    const drain = new AbortController();
    const running = { drain, abort };
    this.#running.add(running);
    if (this.#draining) drain.abort();
    const effects = createDatabaseEffects({
      database: this.#options.tenantDatabase,
      hold,
      leaseMs,
      standbyMs: this.#options.standbyMs ?? 0,
      crashAt,
      hostBackOffMs: this.#options.hostBackOffMs ?? HOST_BACK_OFF_MS,
      signal: abort.signal,
      onClaim: (seconds) => metrics.observe('outrider_claim_duration_seconds', {}, seconds),
      onCommit: (seconds, urls) => {
        metrics.observe('outrider_commit_duration_seconds', {}, seconds);
        metrics.observe('outrider_commit_pages', {}, urls);
      },
      onRetry: (error) => logger.warn({ err: error }, 'the database is away or busy; trying again'),
      // Not drained: of pages read by now the lane would leave out the URLs that it takes for told.
      onLedgerLost: () =>
        abort.abort(new Error('the ledger lacks what this lane takes for done, as after a crash')),
    });
    logger.info('lane taken');
    let end: LaneEnd = 'lost';
    const renderer = this.#rendererFor(config);
    const reading = this.#options.readings.open(config);
    try {
      end = await crawlLane({
        config,
        effects,
        fetcher: this.#options.fetcher,
        robots: this.#robots,
        renderer,
        reading,
        logger,
        leaseMs,
        idleCores: this.#options.idleCores ?? watchIdleCores(),
        crashAt,
        drain: drain.signal,
        abort,
        onSettled: (settlement) => this.#count(settlement),
        onRead: (readMs) => metrics.observe('outrider_parse_duration_seconds', {}, readMs / 1_000),
        onFetched: ({ totalMs, wireBytes }) => {
          metrics.observe('outrider_fetch_duration_seconds', {}, totalMs / 1_000);
          metrics.increment('outrider_wire_bytes_total', {}, wireBytes);
        },
        onStaleWrite: () => metrics.increment('outrider_stale_writes_refused_total', {}),
      });
    } finally {
      this.#running.delete(running);
      reading.close();
      await renderer.close();
      if (end === 'lost') metrics.increment('outrider_leases_lost_total', {});
      // Also after an abort: if the lane is still held, nobody should have to wait for its lease.
      const wasOurs = await effects.release(end).catch((error: unknown) => {
        logger.warn({ err: error }, 'the lane was not given back');
        return null;
      });
      // Whoever slept through its lease learns here that its last write is refused.
      if (end === 'lost' && wasOurs === false) metrics.increment('outrider_stale_writes_refused_total', {});
      logger.info({ end }, 'lane ended');
      // Its lanes are to be left to others from now on.
      if (this.#offer().browserTrouble !== null) await this.#beat();
    }
  }

  #rendererFor(config: CampaignConfig): PageRenderer {
    const { rendering, metrics } = this.#options;
    if (config.renderer === 'http' || rendering === null) return plainRenderer;
    return rendering.open(config, (renderMs) =>
      metrics.observe('outrider_render_duration_seconds', {}, renderMs / 1_000),
    );
  }

  #count({ verdict, errors }: Settlement): void {
    const { metrics } = this.#options;
    for (const { errorType } of errors) metrics.increment('outrider_errors_total', { type: errorType });
    if (verdict.kind === 'failed') metrics.increment('outrider_pages_total', { status_class: 'failed' });
    if (verdict.kind !== 'fetched') return;
    metrics.increment('outrider_pages_total', { status_class: statusClass(verdict.page.statusCode) });
  }

  async #beat(state?: InstanceState): Promise<void> {
    const now = performance.now();
    const used = process.cpuUsage(this.#cpu);
    const seconds = Math.max(0.001, (now - this.#beatAt) / 1_000);
    this.#cpu = process.cpuUsage();
    this.#beatAt = now;
    const current = this.#draining ? 'draining' : this.#lanes > 0 ? 'working' : 'idle';
    try {
      await this.#options.systemDatabase.withSystem((tx) =>
        beatInstance(tx, this.instanceId, {
          state: state ?? current,
          lanesActive: this.#lanes,
          ...this.#offer(),
          memoryMb: memoryMb(),
          cpuPercent: (used.user + used.system) / 10_000 / seconds,
        }),
      );
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'the heartbeat could not be written');
    }
  }
}

function statusClass(status: number): '1xx' | '2xx' | '3xx' | '4xx' | '5xx' {
  if (status >= 500) return '5xx';
  if (status >= 400) return '4xx';
  if (status >= 300) return '3xx';
  return status >= 200 ? '2xx' : '1xx';
}
