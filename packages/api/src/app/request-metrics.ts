import type { Metrics } from '@outrider/telemetry';
import type { Request, RequestHandler } from 'express';

type Labels = Parameters<Metrics<'api'>['observe']>[1];

/** Measures every answer by the template of its route; a path that matches none counts as `other`. */
export function createRequestMetrics(metrics: Metrics<'api'>): RequestHandler {
  return (request, response, next) => {
    const started = performance.now();
    response.once('close', () => {
      if (response.locals['isStream'] === true) return;
      const labels = {
        method: request.method,
        route: templateOf(request),
        status_class: `${Math.floor(response.statusCode / 100)}xx`,
      };
      const seconds = (performance.now() - started) / 1_000;
      // The registry writes values that are not in its closed lists as `other`.
      metrics.observe('outrider_http_request_duration_seconds', labels as Labels, seconds);
    });
    next();
  };
}

function templateOf(request: Request): string {
  const route: unknown = request.route;
  if (typeof route !== 'object' || route === null || !('path' in route)) return 'other';
  return typeof route.path === 'string' ? route.path : 'other';
}
