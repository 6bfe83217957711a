import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { Agent, type Client, Pool } from 'undici';
import type { AddressPolicy } from './address-policy.js';
import { DeadlineWatch } from './deadline-watch.js';
import { Exchange, type ExchangeHost } from './exchange.js';
import { FetchFault } from './fetch-failures.js';
import { type FetchOutcome, failureOutcome } from './fetch-outcome.js';
import type { FetchRequest } from './fetch-request.js';
import { GuardedClients, type OutgoingRequest } from './guarded-client.js';
import { type HostResolver, systemResolver } from './host-resolver.js';
import type { MinimumRate } from './transfer-limits.js';

export interface FetcherOptions {
  readonly addressPolicy: AddressPolicy;
  /** A backstop only: how many fetches a host gets at once is decided by its permits. */
  readonly maxConnectionsPerOrigin?: number;
  /** Limit for name, TCP and TLS of a new connection together, in milliseconds. */
  readonly connectTimeoutMs?: number;
  /** Limit from the request being sent to the response head being complete, in milliseconds. */
  readonly headersTimeoutMs?: number;
  readonly maxHeaderBytes?: number;
  /** How long an idle connection is kept, in milliseconds; a server's own hint can only shorten it. */
  readonly keepAliveMs?: number;
  readonly minimumRate?: MinimumRate;
  readonly resolve?: HostResolver;
  /** Roots in PEM, trusted besides the built-in ones: for sites under a private authority. */
  readonly extraRoots?: readonly string[];
}

/** The only way out: pages, robots.txt, sitemaps and link checks all go through one of these. */
export interface Fetcher {
  /**
   * Fetches one URL and follows nothing. Everything a site or a network can do ends in an outcome; the promise
   * rejects only when `onHead` or its sink throws.
   */
  fetch(request: FetchRequest): Promise<FetchOutcome>;
  /** Closes all connections. Fetches in flight end as `aborted`. */
  close(): Promise<void>;
}

/** Makes the crawler's guarded HTTP client. The figures left out are the platform's defaults. */
export function createFetcher(options: FetcherOptions): Fetcher {
  return new GuardedFetcher(options);
}

class GuardedFetcher implements Fetcher, ExchangeHost {
  readonly watch = new DeadlineWatch();
  readonly headersTimeoutMs: number;
  readonly minimumRate: MinimumRate;
  private readonly policy: AddressPolicy;
  private readonly clients: GuardedClients;
  private readonly agent: Agent;
  private readonly inFlight = new Set<Exchange>();
  private closed = false;

  constructor(options: FetcherOptions) {
    this.policy = options.addressPolicy;
    this.headersTimeoutMs = options.headersTimeoutMs ?? 15_000;
    this.minimumRate = options.minimumRate ?? { bytesPerSecond: 100, windowMs: 10_000 };
    this.clients = guardedClients(options);
    const factory = (origin: URL): Client => this.clients.open(origin);
    const connections = options.maxConnectionsPerOrigin ?? 256;
    this.agent = new Agent({ factory: (origin) => new Pool(origin, { factory, connections }) });
  }

  async fetch(request: FetchRequest): Promise<FetchOutcome> {
    const url = parseUrl(request.url);
    if (url === null) return refused(new FetchFault('invalid_url'));
    const refusal = this.refusal(request, url);
    if (refusal !== null) return refused(refusal);
    return new Promise((resolve, reject) => {
      const exchange: Exchange = new Exchange(request, url, this, {
        resolve: (outcome) => {
          this.inFlight.delete(exchange);
          resolve(outcome);
        },
        reject: (error) => {
          this.inFlight.delete(exchange);
          reject(error);
        },
      });
      this.inFlight.add(exchange);
      exchange.start();
    });
  }

  dispatch(outgoing: OutgoingRequest, exchange: Exchange): void {
    if (!outgoing.reset) {
      this.agent.dispatch(outgoing, exchange);
      return;
    }
    const client = this.clients.open(outgoing.origin);
    client.dispatch(outgoing, exchange);
    client.close(() => undefined);
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const exchange of this.inFlight) exchange.cancel();
    this.watch.stop();
    this.clients.abandon();
    await this.agent.destroy();
  }

  private refusal(request: FetchRequest, url: URL): FetchFault | null {
    if (this.closed || request.signal.aborted) return new FetchFault('aborted');
    const verdict = this.policy.checkUrl(url);
    if (verdict.allowed) return null;
    if (verdict.reason === 'blocked_address') return new FetchFault(verdict.reason, `range ${verdict.range}`);
    return new FetchFault(verdict.reason, verdict.detail);
  }
}

function guardedClients(options: FetcherOptions): GuardedClients {
  const keepAliveMs = options.keepAliveMs ?? 10_000;
  return new GuardedClients(
    {
      policy: options.addressPolicy,
      resolve: options.resolve ?? systemResolver,
      timeoutMs: options.connectTimeoutMs ?? 10_000,
      secureContext: secureContext(options.extraRoots ?? []),
    },
    {
      pipelining: 1,
      maxHeaderSize: options.maxHeaderBytes ?? 65_536,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
    },
  );
}

/** One context for all connections: without it, Node makes one for each. */
function secureContext(extraRoots: readonly string[]): SecureContext {
  return createSecureContext(extraRoots.length === 0 ? {} : { ca: [...rootCertificates, ...extraRoots] });
}

function parseUrl(text: string): URL | null {
  // Not canParse first: that would parse every URL twice.
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function refused(fault: FetchFault): FetchOutcome {
  const timings = { dnsMs: null, connectMs: null, tlsMs: null, ttfbMs: null, downloadMs: null, totalMs: 0 };
  return failureOutcome(fault, { timings, remoteAddress: null, status: null });
}
