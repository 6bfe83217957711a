import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Whether a process can do its work, and what it looked at. */
export interface HealthReport {
  readonly healthy: boolean;
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly detail?: string }>>;
}

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface MetricsServerOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly host: string;
  readonly registry: { readonly contentType: string; metrics(): Promise<string> };
  readonly health: () => Promise<HealthReport>;
}

/** Milliseconds, but for the header size in bytes. Node looks for late connections only once per interval. */
const LIMITS = {
  requestTimeout: 10_000,
  headersTimeout: 5_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16_384,
};

/** A health check that takes longer than this (milliseconds) counts as unhealthy. */
const HEALTH_DEADLINE_MS = 5_000;

/**
 * Serves `GET /metrics` (Prometheus text format) and `GET /healthz` (200 or 503 with the report as JSON).
 * Rejects with the listen error, for instance when the port is taken.
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer(LIMITS, (request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(error instanceof Error ? error.name : 'error');
    });
  });
  server.maxConnections = 100;
  await listen(server, options.port, options.host);
  const { port } = server.address() as AddressInfo;
  return { port, close: () => closeServer(server) };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { registry, health }: MetricsServerOptions,
): Promise<void> {
  // Nothing here takes a body; one that is sent anyway must not hold the connection.
  request.resume();
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  switch ((request.url ?? '/').split('?', 1)[0]) {
    case '/metrics': {
      const text = await registry.metrics();
      response.writeHead(200, { 'content-type': registry.contentType }).end(text);
      return;
    }
    case '/healthz': {
      const report = await checkHealth(health);
      response.writeHead(report.healthy ? 200 : 503, { 'content-type': 'application/json' });
      response.end(JSON.stringify(report));
      return;
    }
    default:
      response.writeHead(404).end();
  }
}

/** The report, or an unhealthy one when the check throws or hangs: a hung check is what a probe is for. */
async function checkHealth(health: () => Promise<HealthReport>): Promise<HealthReport> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<HealthReport>((resolve) => {
    timer = setTimeout(
      () => resolve({ healthy: false, checks: { health: { ok: false, detail: 'the check took too long' } } }),
      HEALTH_DEADLINE_MS,
    );
  });
  try {
    return await Promise.race([health(), deadline]);
  } catch {
    // The message could hold a connection string; the process logs it where it arises.
    return { healthy: false, checks: { health: { ok: false, detail: 'the check failed' } } };
  } finally {
    clearTimeout(timer);
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
