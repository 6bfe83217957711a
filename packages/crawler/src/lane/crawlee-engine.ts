import { BasicCrawler, type BasicCrawlerOptions } from '@crawlee/basic';
import { Configuration, log, Request } from '@crawlee/core';
import type { ClaimedTarget } from '@outrider/db';

log.setLevel(log.LEVELS.OFF);

/** Where the engine gets its URLs, and what it does with them. The functions must not throw. */
export interface EngineWork {
  /** Whether `next` would give a URL now. */
  hasReady(): boolean;
  next(): ClaimedTarget | null;
  /** Whether the engine may stop, once nothing is in flight. */
  isOver(): boolean;
  handle(target: ClaimedTarget): Promise<void>;
}

export interface Engine {
  /** Runs until the work is over and nothing is in flight. */
  run(): Promise<void>;
  /** Says that `hasReady` may have become true, so that the engine need not wait for its next look. */
  notify(): void;
}

export interface EngineOptions {
  /** URLs handled at a time at most; permits of hosts bound it further. */
  readonly concurrency: number;
  /** Seconds after which a handler is given up; handlers end by themselves well before. */
  readonly handlerTimeoutSeconds: number;
}

/** A handler goes on with further URLs for this long, in milliseconds. */
const TURN_MS = 30_000;

/** Crawlee only carries the key: no URL of a site can trip its checks, and none is parsed once more. */
const PLACEHOLDER_URL = 'http://target.invalid/';
/** How often the engine looks for work by itself, in seconds. */
const LOOK_INTERVAL_SECONDS = 0.05;

/**
 * Crawlee's BasicCrawler over a lane's claimed URLs. It runs the concurrency; retries, politeness and
 * records are the ledger's. See docs/decisions for what is switched off and why.
 */
export function createCrawleeEngine(work: EngineWork, options: EngineOptions): Engine {
  const targets = new Map<string, ClaimedTarget>();
  const requestQueue = {
    async fetchNextRequest(): Promise<Request | null> {
      const target = work.next();
      if (target === null) return null;
      targets.set(target.urlKey, target);
      return new Request({ url: PLACEHOLDER_URL, uniqueKey: target.urlKey });
    },
    addRequest(): never {
      throw new Error('URLs enter the frontier through the ledger');
    },
    async markRequestHandled(): Promise<void> {},
    async reclaimRequest(): Promise<null> {
      return null;
    },
    async isEmpty(): Promise<boolean> {
      return !work.hasReady();
    },
    async isFinished(): Promise<boolean> {
      return work.isOver();
    },
    async handledCount(): Promise<number> {
      return 0;
    },
    getTotalCount: () => 0,
    getPendingCount: () => 0,
  };
  const crawler = new BasicCrawler(
    {
      // `requestManager` is in the types but refused by the constructor's own check in 3.18.1.
      requestQueue: requestQueue as unknown as NonNullable<BasicCrawlerOptions['requestQueue']>,
      // Equal limits keep the pool from starting at one URL and growing by 5 % every ten seconds.
      minConcurrency: options.concurrency,
      maxConcurrency: options.concurrency,
      maxRequestRetries: 0,
      requestHandlerTimeoutSecs: options.handlerTimeoutSeconds,
      useSessionPool: false,
      statusMessageLoggingInterval: 3_600,
      statisticsOptions: {
        logIntervalSecs: 3_600,
        saveErrorSnapshots: false,
        persistenceOptions: { enable: false },
      },
      autoscaledPoolOptions: {
        maybeRunIntervalSecs: LOOK_INTERVAL_SECONDS,
        isTaskReadyFunction: async () => work.hasReady(),
        isFinishedFunction: async () => work.isOver(),
      },
      async requestHandler({ request }) {
        const target = targets.get(request.uniqueKey);
        targets.delete(request.uniqueKey);
        if (target !== undefined) await handleInTurn(work, target);
      },
    },
    new Configuration({
      persistStorage: false,
      systemInfoIntervalMillis: 3_600_000,
      availableMemoryRatio: 1,
    }),
  );
  return {
    async run() {
      await crawler.run();
    },
    notify() {
      void crawler.autoscaledPool?.notify();
    },
  };
}

/**
 * Handles a URL and those that can start when it is done, one after another. What Crawlee does for a request
 * (checks, contexts, timers, a look at the machine's load) costs as much as parsing a small page; this way it
 * does it once in a while instead of for each URL, and still decides how many run at a time.
 */
async function handleInTurn(work: EngineWork, first: ClaimedTarget): Promise<void> {
  const end = performance.now() + TURN_MS;
  let target: ClaimedTarget | null = first;
  while (target !== null) {
    await work.handle(target);
    target = performance.now() < end ? work.next() : null;
  }
}
