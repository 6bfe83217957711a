import { FetchLog, type FetchLogEntry } from './log/fetch-log.js';
import { maxConcurrency, minGapMs } from './log/politeness.js';
import { createControlEndpoint } from './server/control-endpoint.js';
import { type LoopbackListener, listenOnLoopback, loopbackAddresses } from './server/loopback-listener.js';
import type { RouteFunction, RouteHandler } from './server/send-answer.js';
import { SiteServer } from './server/site-server.js';
import {
  type CrawlRules,
  DEFAULT_CRAWL_RULES,
  type ExpectedCrawl,
  expectCrawl,
} from './site/expected-crawl.js';
import { SiteAnswers } from './site/site-answers.js';
import { type ResourceKind, SiteGraph } from './site/site-graph.js';
import { checkSitePlan, type SitePlan } from './site/site-plan.js';

export interface OracleOptions {
  /** First loopback address (default 127.0.0.1); `::1` for a single host on IPv6. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Fetches are appended here as JSON lines, as they end. */
  readonly logFile?: string;
  /** False (needs `logFile`): a log of millions of fetches stays out of memory and is read from the file. */
  readonly keepLogInMemory?: boolean;
}

/** A running site. Started by `startOracle`. */
export class Oracle {
  /** One per virtual host, without a slash at the end; each serves the whole site. */
  readonly origins: readonly string[];
  /** The first of `origins`. */
  readonly origin: string;
  /** The first host's `/`. */
  readonly seedUrl: string;
  readonly #plan: SitePlan;
  readonly #graph: SiteGraph;
  readonly #log: FetchLog;
  readonly #listener: LoopbackListener;
  readonly #server: SiteServer;
  /** Another name for the same server: a crawler that leaves its scope shows up in this log. */
  readonly #outsideOrigin: string;
  #expected: ExpectedCrawl | undefined;

  constructor(plan: SitePlan, addresses: readonly string[], listener: LoopbackListener, log: FetchLog) {
    const { port } = listener;
    const hosts = addresses.map((address) => (address.includes(':') ? `[${address}]` : address));
    this.origins = hosts.map((host) => `http://${host}:${port}`);
    this.origin = `http://${hosts[0] ?? ''}:${port}`;
    this.seedUrl = `${this.origin}/`;
    this.#outsideOrigin = `http://localhost:${port}`;
    this.#plan = plan;
    this.#graph = new SiteGraph(plan);
    this.#log = log;
    this.#listener = listener;
    const answers = new SiteAnswers(plan, this.#graph, this.#outsideOrigin);
    const control = createControlEndpoint(this, log);
    this.#server = new SiteServer({ plan, port, answers, log, control });
    for (const server of listener.servers) this.#server.serve(server);
  }

  /** What a complete, correct crawl of the first host with a campaign's default settings finds. */
  get expected(): ExpectedCrawl {
    this.#expected ??= this.expectedUnder({});
    return this.#expected;
  }

  /** The same for other settings, or for another of `origins`. */
  expectedUnder(rules: Partial<CrawlRules>, origin = this.origin): ExpectedCrawl {
    const origins = { origin, outsideOrigin: this.#outsideOrigin };
    return expectCrawl(this.#plan, this.#graph, { ...DEFAULT_CRAWL_RULES, ...rules }, origins);
  }

  /** Every URL of one host that a correct crawl must request: pages, broken ones and redirects alike. */
  inScopeUrls(origin = this.origin): ReadonlySet<string> {
    return origin === this.origin ? this.expected.inScopeUrls : this.expectedUnder({}, origin).inScopeUrls;
  }

  /** All URLs of one kind on the first host (`outside`: on the other host), in order. */
  urlsOf(kind: ResourceKind): string[] {
    const origin = kind === 'outside' ? this.#outsideOrigin : this.origin;
    const urls: string[] = [];
    for (let id = 0; id < this.#graph.size; id += 1) {
      if (this.#graph.kindOf(id) === kind) urls.push(origin + this.#graph.pathOf(id));
    }
    return urls;
  }

  /** Every request since the start or the last `clearLog`, in order of arrival. */
  fetches(): FetchLogEntry[] {
    return this.#log.entries();
  }

  /** How often each URL was requested, whatever the method and the ending. */
  fetchesByUrl(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { host, path } of this.#log.entries()) {
      const url = `http://${host}:${this.#listener.port}${path}`;
      counts.set(url, (counts.get(url) ?? 0) + 1);
    }
    return counts;
  }

  /** Forgets all fetches, those still open included. */
  clearLog(): void {
    this.#log.clear();
  }

  /** The most fetches open at once on a host, given with or without port; the first host by default. */
  maxConcurrency(host = new URL(this.origin).hostname): number {
    return maxConcurrency(this.#log.entries(), withoutPort(host));
  }

  /** The shortest time between two arrivals on a host, in milliseconds; infinite with fewer than two. */
  minGapMs(host = new URL(this.origin).hostname): number {
    return minGapMs(this.#log.entries(), withoutPort(host));
  }

  /** Answers a path itself, on every host and for every method. A path with a query matches only that query. */
  set(path: string, handler: RouteHandler): void {
    this.#server.setRoute(path, handler);
  }

  /** Answers every request by itself, whatever its path, until it is given null. */
  interrupt(answer: RouteFunction | null): void {
    this.#server.interrupt(answer);
  }

  /** Milliseconds before every answer from now on. */
  setDelay(delayMs: number): void {
    this.#server.setDelay(delayMs);
  }

  /** Takes requests and holds all answers until `resume`. */
  pause(): void {
    this.#server.pause();
  }

  resume(): void {
    this.#server.resume();
  }

  /** Destroys every connection and frees the port. The log can still be read. */
  async close(): Promise<void> {
    await this.#listener.close();
    this.#log.close();
  }
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}

/**
 * Starts a site made from a plan, on loopback only.
 * @throws RangeError for a plan that cannot be built or an address that is not loopback.
 */
export async function startOracle(plan: SitePlan, options: OracleOptions = {}): Promise<Oracle> {
  checkSitePlan(plan);
  const addresses = loopbackAddresses(options.host ?? '127.0.0.1', plan.hosts ?? 1);
  const log = new FetchLog({
    ...(options.logFile === undefined ? {} : { file: options.logFile }),
    keepInMemory: options.keepLogInMemory ?? true,
  });
  try {
    return new Oracle(plan, addresses, await listenOnLoopback(addresses, options.port ?? 0), log);
  } catch (error) {
    log.close();
    throw error;
  }
}
