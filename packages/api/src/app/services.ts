import type { Database } from '@outrider/db';
import type { CommandDeps } from '@outrider/orchestrator';
import type { ConfiguredAddressPolicy, CrashAt } from '@outrider/shared';
import type { Logger, Metrics } from '@outrider/telemetry';
import type { Authenticator } from '../access/authenticator.js';
import type { CapacityDesk } from '../capacity/capacity-desk.js';
import type { CursorCodec } from '../cursors/cursor-codec.js';
import type { DashboardFiles } from '../dashboard/dashboard-files.js';
import type { Realtime } from '../realtime/realtime.js';

/** All that the API works with. */
export interface Services {
  /** With the role outrider_app: one tenant at a time. */
  readonly database: Database;
  readonly authenticator: Authenticator;
  readonly capacity: CapacityDesk;
  readonly cursors: CursorCodec;
  /** What a seed is held to. */
  readonly addressPolicy: ConfiguredAddressPolicy;
  readonly laneQueue: CommandDeps['laneQueue'];
  readonly crashAt: CrashAt;
  /** Null where it is not built. */
  readonly dashboard: DashboardFiles | null;
  /** Live events. */
  readonly realtime: Realtime;
  readonly logger: Logger;
  readonly metrics: Metrics<'api'>;
  /** Requests that one key may make in a minute, in this process. */
  readonly requestsPerMinute: number;
}
