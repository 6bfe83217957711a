import { ANALYTICS_ROUTES } from './analytics-routes.js';
import { CAMPAIGN_ROUTES } from './campaign-routes.js';
import { CAPACITY_ROUTES } from './capacity-routes.js';
import { EXECUTION_ROUTES } from './execution-routes.js';
import { FLEET_ROUTES } from './fleet-routes.js';
import { INSPECTION_ROUTES } from './inspection-routes.js';
import { RECORD_ROUTES } from './record-routes.js';
import { RECOVERY_ROUTES } from './recovery-routes.js';
import type { RouteTable } from './route.js';
import { SCHEDULE_ROUTES } from './schedule-routes.js';
import { SESSION_ROUTES } from './session-routes.js';

/** Every route below the base path. The OpenAPI document and the router are both made from this table. */
export const ROUTES = {
  ...ANALYTICS_ROUTES,
  ...CAMPAIGN_ROUTES,
  ...SCHEDULE_ROUTES,
  ...EXECUTION_ROUTES,
  ...CAPACITY_ROUTES,
  ...RECORD_ROUTES,
  ...INSPECTION_ROUTES,
  ...RECOVERY_ROUTES,
  ...FLEET_ROUTES,
  ...SESSION_ROUTES,
} as const satisfies RouteTable;
export type RouteName = keyof typeof ROUTES;
