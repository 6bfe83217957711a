import { EXECUTION_STATES, type ExecutionState, LANE_STATES, type LaneState } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** The platform at a glance, over all tenants. */
export interface PlatformGauges {
  /** URLs of executions that have not ended, by their lanes' counters. */
  readonly frontier: { readonly pending: number; readonly leased: number };
  readonly lanes: Readonly<Record<LaneState, number>>;
  readonly executions: Readonly<Record<ExecutionState, number>>;
}

/** Reads the gauges, a state without rows as 0. System role only. */
export async function readGauges(tx: Tx): Promise<PlatformGauges> {
  const executions = await tx.sql<{ status: ExecutionState; count: number }[]>`
    select status, count(*)::float8 as count from campaign_executions group by status`;
  const lanes = await tx.sql<{ status: LaneState; count: number; open: number; leased: number }[]>`
    select lane.status, count(*)::float8 as count,
      sum(lane.discovered - lane.fetched - lane.failed - lane.skipped)::float8 as open,
      sum(lane.in_flight)::float8 as leased
    from execution_lanes lane join campaign_executions execution on execution.id = lane.execution_id
    where execution.completed_at is null group by lane.status`;
  const [seeds] = await tx.sql<{ open: number }[]>`
    select coalesce(sum(seeds_discovered - seeds_skipped), 0)::float8 as open
    from campaign_executions where completed_at is null`;
  const leased = lanes.reduce((sum, row) => sum + row.leased, 0);
  const open = lanes.reduce((sum, row) => sum + row.open, seeds?.open ?? 0);
  return {
    // Counters of lanes and of executions are read one after the other, and a URL may move in between.
    frontier: { pending: Math.max(0, open - leased), leased },
    lanes: countsOf(LANE_STATES, lanes),
    executions: countsOf(EXECUTION_STATES, executions),
  };
}

function countsOf<S extends string>(
  states: readonly S[],
  rows: readonly { readonly status: S; readonly count: number }[],
): Record<S, number> {
  const counted = new Map(rows.map((row) => [row.status, row.count]));
  return Object.fromEntries(states.map((state) => [state, counted.get(state) ?? 0])) as Record<S, number>;
}
