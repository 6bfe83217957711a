import { countOverdueSchedules, type Database, readGauges } from '@outrider/db';
import type { LaneQueue } from '@outrider/queue';
import { EXECUTION_STATES, LANE_STATES } from '@outrider/shared';
import type { Metrics } from '@outrider/telemetry';
import type { DutyReport } from './duty.js';

export interface ObserveDeps {
  readonly database: Database;
  readonly laneQueue: LaneQueue;
  readonly metrics: Metrics<'orchestrator'>;
}

/** Every due tick is started within this time, whatever their number (see docs/schedules.md). */
const OVERDUE_SECONDS = 5;

/** Sets the gauges of frontier, lanes, executions and queue. Every orchestrator exports the same values. */
export async function observeGauges({ database, laneQueue, metrics }: ObserveDeps): Promise<DutyReport> {
  const { frontier, lanes, executions } = await database.withSystem((tx) => readGauges(tx));
  metrics.set('outrider_frontier_urls', { state: 'pending' }, frontier.pending);
  metrics.set('outrider_frontier_urls', { state: 'leased' }, frontier.leased);
  for (const state of LANE_STATES) metrics.set('outrider_lanes', { state }, lanes[state]);
  for (const status of EXECUTION_STATES) metrics.set('outrider_executions', { status }, executions[status]);
  const overdue = await database.withSystem((tx) => countOverdueSchedules(tx, OVERDUE_SECONDS));
  metrics.set('outrider_schedules_overdue', {}, overdue);
  const depth = await laneQueue.depth();
  metrics.set('outrider_queue_jobs', { state: 'waiting' }, depth.waiting);
  metrics.set('outrider_queue_jobs', { state: 'active' }, depth.active);
  return {};
}
