export { type EmbeddedPostgres, startEmbeddedPostgres } from '../embedded/start-embedded-postgres.js';
export { fetched } from '../lanes/testing/held-lanes.js';
export { runAs } from './empty-database.js';
export {
  type Outcome,
  type PlantedExecution,
  plantCampaign,
  plantExecution,
  settleUrl,
} from './plant-execution.js';
export { plantRobots } from './plant-robots.js';
export { type CampaignCounts, recountCampaign } from './recount-campaign.js';
export { createTestDatabase, insertTestTenant, type TestDatabase } from './test-database.js';
export { startTestServer, type TestServer } from './test-server.js';
