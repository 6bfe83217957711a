import type { Database } from '@outrider/db';
import type { CommandDeps } from '@outrider/orchestrator';
import type { Services } from '../app/services.js';

/** What a command works with, on the database that carries the request. */
export function commandDeps({ laneQueue, crashAt, logger }: Services, database: Database): CommandDeps {
  return { database, laneQueue, crashAt, logger };
}
