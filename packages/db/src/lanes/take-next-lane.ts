import { setTimeout as sleep } from 'node:timers/promises';
import { LANE_CLASSES, type LaneClass } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { beginLane } from './begin-lane.js';
import type { LaneTaker, TakenLane } from './take-lane.js';
import { liveWorkers, waitingOrder } from './waiting-order.js';

/** A worker that asks for its next lane. */
export interface NextLaneTaker extends LaneTaker {
  /** Lanes that it can hold at a time. */
  readonly capacity: number;
}

/** How often an execution that a claim holds is asked for, and how long apart, in milliseconds: longer than most claims take. */
const TRIES = 10;
const TRY_MS = 10;
/**
 * How long a lane is left to a worker with more room, in milliseconds, counted from when the first one left it. That worker
 * may be alive and yet not take lanes.
 */
const PASS_MS = 2_000;
/** Lanes looked at, since the first ones may be locked at that moment: their execution is being stopped. */
const CANDIDATES = 8;
/** What one more interval counts for in the average. */
const INTERVAL_WEIGHT = 0.1;

interface Candidate {
  id: string;
  epoch: number;
  execution_id: string;
  priority: LaneClass;
  status: 'queued' | 'running';
  passed_at: Date | null;
  passed_long_ago: boolean;
}

interface Standing {
  /** Workers that could take the lane, hold a smaller part of what they can, and come when a lane waits. */
  with_more_room: string[];
  /** Lanes that the other workers that come have room for. */
  room_elsewhere: number;
  own_lanes: number;
}

/**
 * Takes the lane whose turn it is, for a worker with room. Null when none is to be had, or when another
 * worker has more room: that one will come, and after PASS_MS anybody may take the lane, and waits for that worker no
 * more. Lanes are handed out one at a time over all workers, under the lock of the row of `lane_sharing`, so that each decision
 * sees all those before. Needs the system role.
 *
 * Locks the row of `lane_sharing`, then, without waiting, an execution and its lane, the tenant's quota, and the event
 * numbers.
 */
export async function takeNextLane(tx: Tx, taker: NextLaneTaker): Promise<TakenLane | null> {
  const { canRender = true } = taker;
  if (!canRender) await nameMissingBrowser(tx, taker);
  if (!(await isAnyWaiting(tx, canRender))) return null;
  await lockSharing(tx);
  await noteCome(tx, taker);
  const candidate = await firstToBeHad(tx, canRender);
  if (candidate === null) return null;
  const standing = await readStanding(tx, taker, candidate);
  if (standing.own_lanes >= taker.capacity) return null;
  if (standing.with_more_room.length > 0) {
    if (!candidate.passed_long_ago) {
      await tx.sql`update execution_lanes set passed_at = coalesce(passed_at, clock_timestamp()) where id = ${candidate.id}`;
      return null;
    }
    await notePassedOver(tx, standing.with_more_room);
  }
  const taken = await beginLane(tx, { laneId: candidate.id, epoch: candidate.epoch + 1 }, taker);
  if (taken === null) return null;
  const isFull = standing.room_elsewhere === 0 && standing.own_lanes + 1 >= taker.capacity;
  await noteGrant(tx, candidate.priority, isFull);
  return taken;
}

/** Read without a lock, since idle workers ask it twice a second. */
async function isAnyWaiting(tx: Tx, canRender: boolean): Promise<boolean> {
  const rows = await tx.sql`
    select 1 from execution_lanes lane join campaign_executions execution on execution.id = lane.execution_id
    where lane.status = 'waiting' and execution.completed_at is null and execution.status in ('queued', 'running')
      and (${canRender} or execution.renderer = 'http')
    limit 1`;
  return rows.length === 1;
}

/** A process that freezes while it holds the row keeps all others from their lanes: it is cut off soon. */
async function lockSharing(tx: Tx): Promise<void> {
  await Promise.all([
    tx.sql`set local idle_in_transaction_session_timeout = '5s'`,
    tx.sql`select 1 from lane_sharing for update`,
  ]);
}

async function firstToBeHad(tx: Tx, canRender: boolean): Promise<Candidate | null> {
  const candidates = await tx.sql<Candidate[]>`
    with ${waitingOrder(tx, { which: canRender ? 'all' : 'http', perTenantAndClass: 2 * CANDIDATES })}
    select id, epoch, execution_id, priority, status, passed_at,
      coalesce(passed_at < clock_timestamp() - ${PASS_MS} * interval '1 millisecond', false) as passed_long_ago
    from ordered where held_by is null order by place limit ${CANDIDATES}`;
  const held = new Set<string>();
  for (const candidate of candidates) {
    if (held.has(candidate.execution_id)) continue;
    if (!(await isExecutionFree(tx, candidate))) held.add(candidate.execution_id);
    else if (await isFree(tx, candidate)) return candidate;
  }
  return null;
}

/**
 * Locks the execution unless somebody holds it: a claim of another lane, which is waited for, since it takes milliseconds
 * and the next one follows at once; or who ends the execution, which may take minutes.
 */
async function isExecutionFree(tx: Tx, { execution_id, status }: Candidate): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (tries > 0) await sleep(TRY_MS);
    const [execution] = await tx.sql<{ locked: boolean; fits: boolean }[]>`
      with free as materialized (
        select 1 from campaign_executions where id = ${execution_id} and status = ${status} for no key update skip locked
      )
      select exists (select from free) as locked,
        exists (select from campaign_executions where id = ${execution_id} and status = ${status}) as fits`;
    if (execution?.locked === true) return true;
    if (execution?.fits !== true) return false;
  }
  return false;
}

/** Locks the lane, after its execution as everybody does, unless somebody holds it just now. */
async function isFree(tx: Tx, { id, epoch }: Candidate): Promise<boolean> {
  const lanes = await tx.sql`
    select 1 from execution_lanes where id = ${id} and status = 'waiting' and epoch = ${epoch} for update skip locked`;
  return lanes.length === 1;
}

async function readStanding(tx: Tx, taker: NextLaneTaker, { id }: Candidate): Promise<Standing> {
  const { instanceId, capacity } = taker;
  const [standing] = await tx.sql<Standing[]>`
    with ${liveWorkers(tx)}, own as (
      select count(*)::int as lanes from execution_lanes where instance_id = ${instanceId} and status = 'active'
    )
    select own.lanes as own_lanes,
      coalesce(array_agg(worker.id) filter (where worker.lanes < worker.capacity
        and (worker.has_browser or execution.renderer = 'http')
        and worker.lanes::float8 / worker.capacity < own.lanes::float8 / ${capacity}::float8), '{}') as with_more_room,
      coalesce(sum(greatest(0, worker.capacity - worker.lanes)), 0)::int as room_elsewhere
    from own
    join execution_lanes lane on lane.id = ${id}
    join campaign_executions execution on execution.id = lane.execution_id
    left join worker on worker.id <> ${instanceId} and worker.comes
    group by own.lanes`;
  if (standing === undefined) throw new Error(`the lane ${id} vanished while it was locked`);
  return standing;
}

/**
 * These let a lane wait for PASS_MS that was left to them: they are dead, or busy with something else. Until they ask
 * again nothing is left to them. One whose row is held just now is noted another time.
 */
async function notePassedOver(tx: Tx, instanceIds: readonly string[]): Promise<void> {
  await tx.sql`
    update crawler_instances instance set passed_over_at = clock_timestamp()
    from (
      select id from crawler_instances where id = any(${[...instanceIds]}::uuid[]) for no key update skip locked
    ) missing
    where instance.id = missing.id`;
}

/** Who asks is there. */
async function noteCome(tx: Tx, { instanceId }: NextLaneTaker): Promise<void> {
  await tx.sql`
    update crawler_instances set passed_over_at = null where id = ${instanceId} and passed_over_at is not null`;
}

/** Keeps when each class was served, and how fast lanes come free while every worker is full. */
async function noteGrant(tx: Tx, priority: LaneClass, isFull: boolean): Promise<void> {
  const [urgent, normal, backfill] = LANE_CLASSES.map((name) => name === priority);
  await tx.sql`
    update lane_sharing set
      urgent_granted_at = case when ${urgent ?? false} then clock_timestamp() else urgent_granted_at end,
      normal_granted_at = case when ${normal ?? false} then clock_timestamp() else normal_granted_at end,
      backfill_granted_at = case when ${backfill ?? false} then clock_timestamp() else backfill_granted_at end,
      interval_ms = case
        when not ${isFull} or full_at is null then interval_ms
        else coalesce(interval_ms, since) + (since - coalesce(interval_ms, since)) * ${INTERVAL_WEIGHT}
      end,
      full_at = case when ${isFull} then clock_timestamp() end
    from (select extract(epoch from clock_timestamp() - full_at)::float8 * 1000 as since from lane_sharing) as last_full`;
}

/** Lanes that wait for a browser go on waiting for another worker, that has one; until one takes them, they say so. */
async function nameMissingBrowser(tx: Tx, { instanceId }: NextLaneTaker): Promise<void> {
  await tx.sql`
    with ${liveWorkers(tx)}
    update execution_lanes lane set waiting_reason = 'no_browser_worker'
    from campaign_executions execution
    where lane.status = 'waiting' and lane.waiting_reason is distinct from 'no_browser_worker'
      and execution.id = lane.execution_id and execution.completed_at is null and execution.renderer = 'browser'
      and not exists (select from worker where has_browser and worker.id <> ${instanceId})`;
}
