import type { Settlement } from '@outrider/db';
import type { CampaignConfig, CrashAt } from '@outrider/shared';
import type { Logger } from '@outrider/telemetry';
import type { PageRenderer } from '../browser/page-renderer.js';
import type { Fetcher } from '../fetch/fetcher.js';
import type { Reading } from '../reading/reading.js';
import type { RobotsGate } from '../robots/robots-gate.js';
import type { LaneEffects } from './lane-effects.js';
import type { StandbyOptions } from './stand-by.js';
import type { TargetContext } from './target-context.js';

/** How a lane came to its end in this worker. */
export type LaneEnd =
  /** Its execution has ended, stops or pauses. */
  | 'execution_over'
  /** This worker was asked to let go of it. */
  | 'drained'
  /** This worker has no browser to render its pages with for now; another one may have, or it later. */
  | 'browser_unavailable'
  /** Others have less than their share of the workers, or its tenant's pages of the day are used up. */
  | 'yielded'
  /** Another worker may own it: nothing was written any more. */
  | 'lost';

export interface LaneOptions {
  readonly config: CampaignConfig;
  readonly effects: LaneEffects;
  readonly fetcher: Fetcher;
  readonly robots: RobotsGate;
  readonly renderer: PageRenderer;
  readonly reading: Reading;
  readonly logger: Logger;
  readonly leaseMs: number;
  /** See standBy. */
  readonly idleCores: StandbyOptions['idleCores'];
  readonly crashAt: CrashAt;
  /** Aborts when the worker should finish what is in flight and give the lane back. */
  readonly drain: AbortSignal;
  /** Aborts all fetches and writes of the lane; also aborted by the lane itself when it is lost. */
  readonly abort: AbortController;
  readonly onSettled: (settlement: Settlement) => void;
  readonly onFetched: TargetContext['onFetched'];
  readonly onRead: TargetContext['onRead'];
  readonly onStaleWrite: () => void;
}
