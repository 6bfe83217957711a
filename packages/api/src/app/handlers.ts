import { apiKeyHandlers } from '../access/api-key-handlers.js';
import { sessionHandlers } from '../access/session-handlers.js';
import { analyticsHandlers } from '../analytics/analytics-handlers.js';
import { auditHandlers } from '../audit/audit-handlers.js';
import { campaignHandlers } from '../campaigns/campaign-handlers.js';
import { revisionHandlers } from '../campaigns/revision-handlers.js';
import { capacityHandlers } from '../capacity/capacity-handlers.js';
import { discoveredHandlers } from '../discovered/discovered-handlers.js';
import { errorHandlers } from '../errors/error-handlers.js';
import { eventHandlers } from '../events/event-handlers.js';
import { executionHandlers } from '../executions/execution-handlers.js';
import { inspectionHandlers } from '../executions/inspection-handlers.js';
import { explainHandlers } from '../explain/explain-handlers.js';
import { exportHandlers } from '../exports/export-handlers.js';
import { fleetHandlers } from '../fleet/fleet-handlers.js';
import { hostHandlers } from '../hosts/host-handlers.js';
import { operationHandlers } from '../operations/operation-handlers.js';
import { pageHandlers } from '../pages/page-handlers.js';
import { planHandlers } from '../plan/plan-handlers.js';
import { quarantineHandlers } from '../quarantine/quarantine-handlers.js';
import { scheduleHandlers } from '../schedules/schedule-handlers.js';
import { sitemapHandlers } from '../sitemaps/sitemap-handlers.js';
import { viewerHandlers } from '../viewers/viewer-handlers.js';
import type { Handlers } from './route-request.js';

/** The handler of every route of the table. */
export const HANDLERS: Handlers = {
  ...analyticsHandlers,
  ...campaignHandlers,
  ...scheduleHandlers,
  ...revisionHandlers,
  ...executionHandlers,
  ...inspectionHandlers,
  ...exportHandlers,
  ...operationHandlers,
  ...pageHandlers,
  ...discoveredHandlers,
  ...sitemapHandlers,
  ...errorHandlers,
  ...explainHandlers,
  ...planHandlers,
  ...capacityHandlers,
  ...fleetHandlers,
  ...hostHandlers,
  ...eventHandlers,
  ...viewerHandlers,
  ...apiKeyHandlers,
  ...sessionHandlers,
  ...quarantineHandlers,
  ...auditHandlers,
};
