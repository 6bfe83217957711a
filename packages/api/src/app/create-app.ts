import { OutriderError } from '@outrider/shared';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { mountDashboard } from '../dashboard/mount-dashboard.js';
import { type HealthChecks, mountHealth } from '../health/mount-health.js';
import { mountDocs } from '../openapi/mount-docs.js';
import { sendProblem } from '../problems/send-problem.js';
import { mountMethodRefusals, mountRoutes } from './mount-routes.js';
import { createRequestLog } from './request-log.js';
import { createRequestMetrics } from './request-metrics.js';
import type { Services } from './services.js';

/** The HTTP application: the routes of the table, and what lies outside of their base path. */
export function createApp(services: Services, health: HealthChecks): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Queries are read by our own code, which refuses what is ambiguous.
  app.set('query parser', false);
  app.use(createRequestLog(services.logger));
  app.use(createRequestMetrics(services.metrics));
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      },
      crossOriginResourcePolicy: { policy: 'same-origin' },
    }),
  );
  mountRoutes(app, services);
  const outside = [...mountHealth(app, services.metrics, health), ...mountDocs(app)];
  mountMethodRefusals(app, outside);
  if (services.dashboard !== null) mountDashboard(app, services.dashboard);
  app.use(() => {
    throw new OutriderError(
      'not_found',
      'There is nothing at this path. The API is below /api/crawler, and described at /docs.',
    );
  });
  app.use(sendProblem);
  return app;
}
