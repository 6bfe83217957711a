import type { Database } from '@outrider/db';
import type { LaneQueue } from '@outrider/queue';
import type { CrashAt } from '@outrider/shared';
import type { Logger, Metrics } from '@outrider/telemetry';
import { createProgressTeller } from '../progress/tell-progress.js';
import { fireDueSchedules } from '../schedules/fire-due-schedules.js';
import { replanSchedules } from '../schedules/replan-schedules.js';
import { settleRuns } from '../schedules/settle-runs.js';
import { startBufferedTicks } from '../schedules/start-buffered-ticks.js';
import { analyzeEndedExecutions } from './analyze-executions.js';
import { applyScopeRules } from './apply-scope-rules.js';
import { compareEndedExecutions } from './compare-sitemaps.js';
import { completeExecutions } from './complete-executions.js';
import { dispatchLanes } from './dispatch-lanes.js';
import type { Duty, DutyReport } from './duty.js';
import { expireHistory, type HistoryKeeping } from './expire-history.js';
import { expireIdempotencyKeys } from './expire-idempotency-keys.js';
import { healStalls } from './heal-stalls.js';
import { holdExecutions } from './hold-executions.js';
import { indexEndedExecutions } from './index-inlinks.js';
import { makePartitions } from './make-partitions.js';
import { markGoneInstances, removeForgottenInstances } from './mark-gone-instances.js';
import { observeGauges } from './observe-gauges.js';
import { removeDeletedCampaigns } from './remove-deleted-campaigns.js';
import { removeUnusedRobots } from './remove-unused-robots.js';
import { returnLostLanes } from './return-lost-lanes.js';
import { shareLanes } from './share-lanes.js';
import { storeStructures } from './store-structures.js';
import { thinOldMetrics } from './thin-metrics.js';

export interface DutyDeps {
  /** Of the role outrider_system. */
  readonly database: Database;
  readonly laneQueue: LaneQueue;
  readonly metrics: Metrics<'orchestrator'>;
  readonly logger: Logger;
  readonly crashAt: CrashAt;
  readonly laneLeaseMs: number;
  readonly reconcileIntervalMs: number;
  readonly stallAfterMs: number;
  readonly keeping: HistoryKeeping;
}

/** A person waits for the end of a run, so it is looked for more often than anything is repaired. */
const COMPLETION_INTERVAL_MS = 200;
/** Ticks start within a second of their time. */
const TICK_INTERVAL_MS = 500;
/** Somebody may be waiting behind one who has more than a share. */
const SHARE_INTERVAL_MS = 1_000;
/** URLs that new rules exclude are not fetched in any case; here they only leave the frontier. */
const RULES_INTERVAL_MS = 500;
/** Snapshots of progress come at most ten times a second. */
const PROGRESS_INTERVAL_MS = 100;
const REOFFER_AFTER_MS = 10_000;
const GAUGE_INTERVAL_MS = 10_000;
const INSTANCE_INTERVAL_MS = 5_000;
const STALL_INTERVAL_MS = 5_000;
const EXPIRY_INTERVAL_MS = 60_000;
const THINNING_INTERVAL_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Every duty of the orchestrator, with how often it is done. */
export function listDuties(deps: DutyDeps): Duty[] {
  const { database, reconcileIntervalMs } = deps;
  const duty = (name: string, intervalMs: number, run: () => Promise<DutyReport>): Duty => ({
    name,
    intervalMs,
    run,
  });
  return [
    duty('dispatch-lanes', reconcileIntervalMs, () =>
      dispatchLanes({ ...deps, reofferAfterMs: REOFFER_AFTER_MS }),
    ),
    duty('share-lanes', Math.min(SHARE_INTERVAL_MS, reconcileIntervalMs), () => shareLanes(database)),
    duty('return-lost-lanes', reconcileIntervalMs, () => returnLostLanes(deps)),
    duty('complete-executions', Math.min(COMPLETION_INTERVAL_MS, reconcileIntervalMs), () =>
      completeExecutions(deps),
    ),
    duty('tell-progress', PROGRESS_INTERVAL_MS, createProgressTeller(database)),
    duty('heal-stalls', Math.min(STALL_INTERVAL_MS, deps.stallAfterMs / 4), () => healStalls(deps)),
    duty('fire-due-schedules', TICK_INTERVAL_MS, () => fireDueSchedules(deps)),
    duty('start-buffered-ticks', TICK_INTERVAL_MS, () => startBufferedTicks(deps)),
    duty('settle-scheduled-runs', reconcileIntervalMs, () => settleRuns(deps)),
    duty('replan-schedules', HOUR_MS, () => replanSchedules(database)),
    duty('hold-executions', Math.min(COMPLETION_INTERVAL_MS, reconcileIntervalMs), () =>
      holdExecutions(deps),
    ),
    duty('apply-scope-rules', Math.min(RULES_INTERVAL_MS, reconcileIntervalMs), () => applyScopeRules(deps)),
    duty('index-inlinks', reconcileIntervalMs, () => indexEndedExecutions(database)),
    duty('compare-sitemaps', reconcileIntervalMs, () => compareEndedExecutions(database)),
    duty('store-structures', reconcileIntervalMs, () => storeStructures(database)),
    duty('analyze-executions', reconcileIntervalMs, () => analyzeEndedExecutions(deps)),
    duty('make-partitions', 6 * HOUR_MS, () => makePartitions(database)),
    duty('mark-gone-instances', INSTANCE_INTERVAL_MS, () => markGoneInstances(deps)),
    duty('remove-forgotten-instances', HOUR_MS, () => removeForgottenInstances(database)),
    duty('expire-idempotency-keys', HOUR_MS, () => expireIdempotencyKeys(database)),
    duty('remove-deleted-campaigns', EXPIRY_INTERVAL_MS, () => removeDeletedCampaigns(deps)),
    duty('remove-unused-robots', 6 * HOUR_MS, () => removeUnusedRobots(database)),
    duty('expire-history', EXPIRY_INTERVAL_MS, () => expireHistory(deps)),
    duty('thin-metrics', THINNING_INTERVAL_MS, () => thinOldMetrics(database)),
    duty('observe-gauges', GAUGE_INTERVAL_MS, () => observeGauges(deps)),
  ];
}
