import type { LaneClass } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { liveWorkers, waitingOrder } from './waiting-order.js';

/** A lane that waits, as who comes next sees it: see `waitingOrder`. */
export interface LaneInWait {
  readonly executionId: string;
  readonly campaignId: string;
  readonly tenantId: string;
  readonly priority: LaneClass;
  /** 0 for a class that has been without for as long as its patience; then 1 for the first class. */
  readonly classRank: number;
  readonly needsBrowser: boolean;
}

/** A lane that a live worker holds. */
export interface LaneAtWork {
  readonly laneId: string;
  readonly executionId: string;
  readonly campaignId: string;
  readonly tenantId: string;
  readonly priority: LaneClass;
  /** How long it has been held, in milliseconds. */
  readonly heldMs: number;
  /** Its worker was asked already. */
  readonly isYielding: boolean;
  /** Whether its place would do for a lane that needs a browser. */
  readonly hasBrowser: boolean;
}

/** What decides which lanes make room: the lanes that wait, first ones first, those at work, and the room there is. */
export interface LaneDemand {
  readonly waiting: readonly LaneInWait[];
  readonly working: readonly LaneAtWork[];
  /** Lanes that live workers have room for; those with a browser are part of all. */
  readonly room: { readonly all: number; readonly browser: number };
}

/** Executions of each tenant and class that are looked at: more than make room at once. */
const PER_TENANT_AND_CLASS = 64;

/** Reads what decides which lanes make room, with at most `limit` of those that wait. Needs the system role. */
export async function readLaneDemand(tx: Tx, limit: number): Promise<LaneDemand> {
  const [waiting, working, rooms] = await Promise.all([
    tx.sql<LaneInWait[]>`
      with ${waitingOrder(tx, { perTenantAndClass: PER_TENANT_AND_CLASS })}
      select execution_id as "executionId", campaign_id as "campaignId", tenant_id as "tenantId", priority,
        class_rank as "classRank", renderer = 'browser' as "needsBrowser"
      from ordered where held_by is null order by place limit ${limit}`,
    tx.sql<LaneAtWork[]>`
      with ${liveWorkers(tx)}
      select lane.id as "laneId", lane.execution_id as "executionId", lane.campaign_id as "campaignId",
        lane.tenant_id as "tenantId", execution.priority, lane.yield_requested_at is not null as "isYielding",
        extract(epoch from clock_timestamp() - coalesce(lane.taken_at, lane.created_at))::float8 * 1000 as "heldMs",
        worker.has_browser as "hasBrowser"
      from execution_lanes lane
      join campaign_executions execution on execution.id = lane.execution_id
      join worker on worker.id = lane.instance_id
      where lane.status = 'active'`,
    tx.sql<{ all: number; browser: number }[]>`
      with ${liveWorkers(tx)}
      select coalesce(sum(greatest(0, capacity - lanes)), 0)::int as all,
        coalesce(sum(greatest(0, capacity - lanes)) filter (where has_browser), 0)::int as browser
      from worker where comes`,
  ]);
  return { waiting, working, room: rooms[0] ?? { all: 0, browser: 0 } };
}

/** Asks the workers of these lanes to give them back. Returns how many were asked. */
export async function requestYields(tx: Tx, laneIds: readonly string[]): Promise<number> {
  const asked = await tx.sql`
    update execution_lanes set yield_requested_at = clock_timestamp()
    where id = any(${[...laneIds]}::uuid[]) and status = 'active' and yield_requested_at is null`;
  return asked.count;
}

/** Takes back the requests to lanes that nobody waits for any more. Returns how many. */
export async function withdrawYields(tx: Tx, laneIds: readonly string[]): Promise<number> {
  const withdrawn = await tx.sql`
    update execution_lanes set yield_requested_at = null
    where id = any(${[...laneIds]}::uuid[]) and status = 'active'`;
  return withdrawn.count;
}
