import type { HealthReport, Metrics } from '@outrider/telemetry';
import type { Express } from 'express';

/** What `/readyz` looks at, each resolving when all is well. */
export type HealthChecks = Readonly<Record<string, () => Promise<unknown>>>;

/** A check that takes longer than this (milliseconds) has failed. */
const DEADLINE_MS = 5_000;

/**
 * Mounts `/healthz` (the process answers), `/readyz` (it can do its work: 200 or 503, with what was looked
 * at) and `/metrics`. Returns the paths.
 */
export function mountHealth(app: Express, metrics: Metrics<'api'>, checks: HealthChecks): string[] {
  app.get('/healthz', (_request, response) => {
    response.json({ healthy: true, checks: {} });
  });
  app.get('/readyz', async (_request, response) => {
    const report = await runChecks(checks);
    response.status(report.healthy ? 200 : 503).json(report);
  });
  app.get('/metrics', async (_request, response) => {
    const text = await metrics.registry.metrics();
    response.setHeader('Content-Type', metrics.registry.contentType);
    response.end(text);
  });
  return ['/healthz', '/readyz', '/metrics'];
}

async function runChecks(checks: HealthChecks): Promise<HealthReport> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await runCheck(check)] as const),
  );
  return { healthy: results.every(([, { ok }]) => ok), checks: Object.fromEntries(results) };
}

async function runCheck(check: () => Promise<unknown>): Promise<{ ok: boolean; detail?: string }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('late')), DEADLINE_MS);
  });
  try {
    await Promise.race([check(), late]);
    return { ok: true };
  } catch {
    // The message could hold a connection string; this page is open to everybody.
    return { ok: false, detail: 'it does not answer, or not as it should' };
  } finally {
    clearTimeout(timer);
  }
}
