import { appendEvent, type Database, type LaneOffer, pickDueLanes } from '@outrider/db';
import type { LaneQueue } from '@outrider/queue';
import type { CrashAt } from '@outrider/shared';
import type { Metrics } from '@outrider/telemetry';
import type { DutyReport } from './duty.js';

export interface DispatchDeps {
  readonly database: Database;
  readonly laneQueue: LaneQueue;
  readonly metrics: Metrics<'orchestrator'>;
  readonly crashAt: CrashAt;
  /** How long a lane that was offered may wait before it is offered again, in milliseconds. */
  readonly reofferAfterMs: number;
}

/** Lanes per run; what is left is picked by the next one. */
const LANES_PER_RUN = 500;

/**
 * Offers every lane of a live execution that waits for a worker and was not offered lately. The queue
 * takes an offer it still holds for the same one, so offering again costs nothing, and an empty queue is
 * filled again within `reofferAfterMs`. Throws `queue_unavailable`; the lanes then come up again later.
 */
export async function dispatchLanes(deps: DispatchDeps): Promise<DutyReport> {
  const { database, laneQueue } = deps;
  const { waiting } = await laneQueue.depth();
  const lanes = await database.withSystem((tx) =>
    pickDueLanes(tx, { reofferAfterMs: deps.reofferAfterMs, limit: LANES_PER_RUN }),
  );
  if (lanes.length === 0) return { offered: 0, repaired: 0 };
  deps.crashAt('before_enqueue');
  for (const { laneId, epoch } of lanes) await laneQueue.offer({ laneId, epoch });
  deps.crashAt('after_enqueue');
  const overdue = lanes.filter((lane) => lane.overdue);
  // With a job for each of them in the queue they only wait for a free worker, and nothing was repaired.
  const repaired = overdue.length > waiting ? overdue : [];
  for (const lane of repaired) await recordRepair(deps, lane);
  return { offered: lanes.length, repaired: repaired.length };
}

async function recordRepair({ database, metrics }: DispatchDeps, lane: LaneOffer): Promise<void> {
  await database.withSystem((tx) =>
    appendEvent(tx, {
      tenantId: lane.tenantId,
      campaignId: lane.campaignId,
      executionId: lane.executionId,
      type: 'lane.redispatched',
      payload: { laneId: lane.laneId, epoch: lane.epoch },
    }),
  );
  metrics.increment('outrider_reconciler_repairs_total', { repair: 'lane_offered' });
}
