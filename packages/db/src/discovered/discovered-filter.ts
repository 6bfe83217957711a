import type { DiscoveryMethod, SkipReason, TargetState } from '@outrider/shared';
import type { Place } from '../cursors/slice.js';

/** Which URLs of the discovery log to list. */
export interface DiscoveredFilter {
  readonly executionId: string;
  readonly limit: number;
  readonly after: Place | null;
  readonly shouldCrawl?: boolean | undefined;
  readonly skipReason?: SkipReason | undefined;
  readonly state?: TargetState | undefined;
  readonly discoveryMethod?: DiscoveryMethod | undefined;
  readonly isInternal?: boolean | undefined;
  readonly host?: string | undefined;
  readonly urlContains?: string | undefined;
  /** Discovered at or after, and before (ISO 8601). */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly rowsLookedAt?: number | undefined;
}
