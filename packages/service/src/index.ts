export { type BootDeps, passBootChecks } from './boot-checks.js';
export { requireDatabaseUrl, runService, type ServiceContext } from './run-service.js';
export { createStopRequest } from './stop-request.js';
export { watchDatabase } from './watch-database.js';
