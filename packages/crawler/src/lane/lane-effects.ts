import type {
  BackOff,
  Batch,
  CarriedPage,
  ClaimOutcome,
  ClaimRequest,
  CommitOutcome,
  HostRefusal,
  LaneOrder,
  LaneScope,
  PerformanceSample,
  RobotsReading,
  StandbyTurn,
} from '@outrider/db';
import type { ExecutionState, WaitingReason } from '@outrider/shared';
import type { SitemapEffects } from './sitemap-effects.js';

/** Everything a lane asks of the database. The lane itself knows no SQL. */
export interface LaneEffects {
  /** Leases pending URLs. Throws when the database cannot be reached. */
  claim(request: Omit<ClaimRequest, 'backOffMs'>): Promise<ClaimOutcome>;
  /** Writes a batch, trying again until it is written, refused, or the lease has run out. */
  commit(batch: Batch): Promise<CommitOutcome>;
  /** Renews the lease; null when the lane is another worker's. */
  renew(beat: {
    memoryMb: number;
    waitingReason: WaitingReason | null;
    held: number;
  }): Promise<ExecutionState | null>;
  /** Hears what is wanted of the execution, and tells how many fetches are in flight. */
  obey(inFlight: number): Promise<LaneOrder>;
  /** Gives the lane back. False when it was lost or has ended. */
  release(reason: string): Promise<boolean>;
  /** What URLs are decided by. */
  readScope(): Promise<LaneScope>;
  /** Pages of an earlier execution, by key. */
  readCarried(executionId: string, urlKeys: readonly string[]): Promise<ReadonlyMap<string, CarriedPage>>;
  /** Keeps every lane away from a host for a while; returns for how long. */
  backOff(host: string, refusal: HostRefusal): Promise<BackOff>;
  /** Pushes the next fetch on a host at least this far away. */
  delay(host: string, milliseconds: number): Promise<void>;
  /** Notes by which robots.txt the execution decides on an origin from now on. */
  noteRobots(reading: RobotsReading): Promise<void>;
  recordSample(sample: PerformanceSample): Promise<void>;
  /** Whether the execution is to be left to another worker of this machine. */
  standby(): Promise<StandbyTurn>;
  /** Whether the lane was ended by the orchestrator, rather than taken by another worker. */
  isFinished(): Promise<boolean>;
  readonly sitemaps: SitemapEffects;
}
