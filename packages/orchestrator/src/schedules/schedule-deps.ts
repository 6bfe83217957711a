import type { Database } from '@outrider/db';
import type { LaneQueue } from '@outrider/queue';
import type { CrashAt } from '@outrider/shared';
import type { Logger, Metrics } from '@outrider/telemetry';

/** What the duties of schedules work with. */
export interface ScheduleDutyDeps {
  /** Of the role outrider_system. */
  readonly database: Database;
  readonly laneQueue: LaneQueue;
  readonly metrics: Metrics<'orchestrator'>;
  readonly logger: Logger;
  readonly crashAt: CrashAt;
}
