import type { Database } from '@outrider/db';
import type { LaneQueue } from '@outrider/queue';
import type { CrashAt } from '@outrider/shared';
import type { Logger } from '@outrider/telemetry';

/** What the commands work with. Any role does: a command works for one tenant only. */
export interface CommandDeps {
  readonly database: Database;
  readonly laneQueue: LaneQueue;
  readonly crashAt: CrashAt;
  readonly logger: Logger;
}
