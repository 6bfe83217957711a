// What a browser needs of the vocabulary: the route table with its schemas, and the catalogues that give words their
// meaning. Nothing of Node.js is among it.
export * from './api/capacity-resources.js';
export * from './api/fleet-resources.js';
export * from './api/host-resources.js';
export * from './api/operation-resources.js';
export * from './api/plan-resources.js';
export * from './api/record-resources.js';
export * from './api/recovery-resources.js';
export * from './api/resources.js';
export { API_BASE, API_SCOPES, type ApiScope, type Route } from './api/route.js';
export * from './api/routes.js';
export * from './api/schedule-resources.js';
export * from './api/session-resources.js';
export * from './campaign/campaign-config.js';
export * from './errors/crawl-error-types.js';
export * from './events/event-catalogue.js';
export * from './execution/coverage.js';
export * from './execution/execution-report.js';
export * from './execution/execution-states.js';
export * from './execution/indexability-reasons.js';
export * from './execution/operations.js';
export * from './execution/skip-reasons.js';
export * from './execution/stall-causes.js';
export * from './execution/waiting-reasons.js';
export * from './hosts/pace-causes.js';
export * from './schedule/schedule-config.js';
export * from './schedule/tick-outcomes.js';
export * from './version/version.js';
