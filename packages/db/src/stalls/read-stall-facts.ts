import type { ExecutionState, LaneState } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { heldByQuota } from '../lanes/open-lanes.js';
import { blocksTick } from './blocks-tick.js';

/** A lane of an execution that does not move, beside the worker that holds it. */
export interface StillLane {
  readonly laneId: string;
  readonly status: LaneState;
  readonly epoch: number;
  readonly instanceId: string | null;
  readonly waitingReason: string | null;
  /** Milliseconds since it was offered on the queue; null when it is not offered. */
  readonly offeredMsAgo: number | null;
  /** Milliseconds since a worker took it; null when none ever has. */
  readonly takenMsAgo: number | null;
  /**
   * URLs leased to it in the ledger, and those its worker says it has; null when that said nothing within half a lease,
   * or nothing since it was last given URLs.
   */
  readonly leased: number;
  readonly held: number | null;
}

/** A worker that has been silent for two leases and whose connections to the database are still open. */
export interface SilentWorker {
  readonly instanceId: string;
  readonly host: string;
  readonly pid: number;
  readonly silentMs: number;
}

/** A host on which an execution has URLs left. */
export interface StillHost {
  readonly host: string;
  readonly frozen: boolean;
  /** ISO 8601; null when it is frozen without an end, or not left alone. */
  readonly until: string | null;
  readonly leftAlone: boolean;
  readonly cause: string | null;
}

/** What a stall is diagnosed from. */
export interface StallFacts {
  readonly status: ExecutionState;
  readonly lanes: readonly StillLane[];
  readonly workers: {
    /** Alive and able to take its lanes, and what they could still take. */
    readonly capable: number;
    readonly freePlaces: number;
    readonly needsBrowser: boolean;
    readonly silent: readonly SilentWorker[];
  };
  /** URLs leased under an epoch that nobody holds. */
  readonly strays: number;
  /** Host permits in force of lanes that hold nothing, on hosts where this execution has URLs left. */
  readonly idlePermits: number;
  /** A URL that was with two dying lanes. */
  readonly suspect: { readonly url: string; readonly losses: number; readonly isLeased: boolean } | null;
  readonly hosts: readonly StillHost[];
  /** Milliseconds until the first pending URL may be tried again; null when one may be now, or none is pending. */
  readonly retryInMs: number | null;
  readonly hasPending: boolean;
  /** Its tenant has used up a quota, so no worker may take its lanes. */
  readonly isHeldByQuota: boolean;
  /** A schedule of its campaign is due within half a minute, or was before, and does not start while it goes on. */
  readonly scheduleDue: boolean;
}

/** The application name of a worker's connections, by which its life is told from its heartbeat's. */
export function workerApplicationName(instanceId: string): string {
  return `outrider-worker ${instanceId}`;
}

const HOSTS_LOOKED_AT = 64;
/** A lease within which a worker must have been heard of twice over. */
const SILENT_LEASES = 2;

/** Reads what the stall of one execution is diagnosed from. System role only. Null when it has ended. */
export async function readStallFacts(
  tx: Tx,
  executionId: string,
  laneLeaseMs: number,
): Promise<StallFacts | null> {
  const [execution] = await tx.sql<
    { status: ExecutionState; campaignId: string; needsBrowser: boolean; isHeldByQuota: boolean }[]
  >`
    select execution.status, coalesce(execution.config ->> 'renderer' = 'browser', false) as "needsBrowser",
      execution.campaign_id as "campaignId", ${heldByQuota(tx)} is not null as "isHeldByQuota"
    from campaign_executions execution where id = ${executionId} and completed_at is null`;
  if (execution === undefined) return null;
  const { status, campaignId, needsBrowser, isHeldByQuota } = execution;
  const [lanes, workers, leases, hosts, scheduleDue] = await Promise.all([
    readLanes(tx, executionId, laneLeaseMs),
    readWorkers(tx, needsBrowser, SILENT_LEASES * laneLeaseMs),
    readLeases(tx, executionId),
    readHosts(tx, executionId),
    blocksTick(tx, campaignId),
  ]);
  return { status, isHeldByQuota, scheduleDue, lanes, workers, ...leases, hosts };
}

function readLanes(tx: Tx, executionId: string, laneLeaseMs: number): Promise<StillLane[]> {
  // It beats three times a lease, so what it said is from after the stall's beginning.
  return tx.sql<StillLane[]>`
    select lane.id as "laneId", lane.status, lane.epoch, lane.instance_id as "instanceId",
      lane.waiting_reason as "waitingReason",
      case when lane.heartbeat_at > clock_timestamp() - ${laneLeaseMs / 2} * interval '1 millisecond' then lane.held end as held,
      (extract(epoch from clock_timestamp() - lane.dispatched_at) * 1000)::float8 as "offeredMsAgo",
      (extract(epoch from clock_timestamp() - lane.taken_at) * 1000)::float8 as "takenMsAgo",
      (select count(*)::int from crawl_targets target
        where target.execution_id = lane.execution_id and target.state = 'leased' and target.lane_id = lane.id) as leased
    from execution_lanes lane where execution_id = ${executionId} and status <> 'finished' order by lane_number`;
}

async function readWorkers(tx: Tx, needsBrowser: boolean, silentMs: number): Promise<StallFacts['workers']> {
  const silence = tx.sql`(extract(epoch from clock_timestamp() - heartbeat_at) * 1000)::float8`;
  const [[alive], silent] = await Promise.all([
    tx.sql<{ capable: number; freePlaces: number }[]>`
      select count(*)::int as capable, coalesce(sum(greatest(0, capacity - greatest(lanes_active, (
          select count(*) from execution_lanes lane where lane.instance_id = crawler_instances.id and lane.status = 'active')))), 0)::int as "freePlaces"
      from crawler_instances
      where state in ('idle', 'working') and ${silence} <= ${silentMs}
        and (not ${needsBrowser} or 'browser' = any(capabilities))`,
    tx.sql<SilentWorker[]>`
      select id as "instanceId", host, pid, ${silence} as "silentMs" from crawler_instances
      where heartbeat_at > clock_timestamp() - interval '7 days' and ${silence} > ${silentMs}
        and exists (
          select from pg_stat_activity activity
          where activity.datname = current_database() and activity.application_name = 'outrider-worker ' || crawler_instances.id)
      order by heartbeat_at desc limit 20`,
  ]);
  return { capable: alive?.capable ?? 0, freePlaces: alive?.freePlaces ?? 0, needsBrowser, silent };
}

type Leases = Pick<StallFacts, 'strays' | 'idlePermits' | 'suspect' | 'retryInMs' | 'hasPending'>;

async function readLeases(tx: Tx, executionId: string): Promise<Leases> {
  const [[strays], [permits], [suspect], [pending]] = await Promise.all([
    tx.sql<{ n: number }[]>`
      select count(*)::int as n from crawl_targets target
      where execution_id = ${executionId} and state = 'leased' and not exists (
        select from execution_lanes lane
        where lane.id = target.lane_id and lane.epoch = target.lane_epoch and lane.status = 'active')`,
    tx.sql<{ n: number }[]>`
      select coalesce(sum(permits), 0)::int as n from host_permits permit
      where lease_until > clock_timestamp() and ${idlePermit(tx)} and exists (
        select from crawl_targets target
        where target.execution_id = ${executionId} and target.state = 'pending' and target.host = permit.host)`,
    tx.sql<{ url: string; losses: number; isLeased: boolean }[]>`
      select url, lease_losses::int as losses, state = 'leased' as "isLeased" from crawl_targets
      where execution_id = ${executionId} and state in ('pending', 'leased') and lease_losses >= 2
      order by lease_losses desc, url limit 1`,
    tx.sql<{ retryInMs: number | null }[]>`
      select case when min(not_before) > clock_timestamp()
        then (extract(epoch from min(not_before) - clock_timestamp()) * 1000)::float8 end as "retryInMs"
      from crawl_targets where execution_id = ${executionId} and state = 'pending' having count(*) > 0`,
  ]);
  return {
    strays: strays?.n ?? 0,
    idlePermits: permits?.n ?? 0,
    suspect: suspect ?? null,
    retryInMs: pending?.retryInMs ?? null,
    hasPending: pending !== undefined,
  };
}

/** A condition on `permit`, a row of host_permits: its lane does not hold anything under that epoch. */
function idlePermit(tx: Tx) {
  return tx.sql`not exists (
    select from execution_lanes lane
    where lane.id = permit.lane_id and lane.epoch = permit.lane_epoch and lane.status = 'active')`;
}

function readHosts(tx: Tx, executionId: string): Promise<StillHost[]> {
  return tx.sql<StillHost[]>`
    with pending as (
      select host, bool_and(not_before > clock_timestamp()) as deferred, min(not_before) as not_before
      from crawl_targets where execution_id = ${executionId} and state = 'pending'
      group by host order by host limit ${HOSTS_LOOKED_AT}
    )
    select pending.host, held_back.host is not null as frozen,
      coalesce(crawl_hosts.backoff_until > clock_timestamp() or crawl_hosts.next_fetch_at > clock_timestamp() + interval '1 second', false)
        or pending.deferred as "leftAlone",
      to_char(case when held_back.host is not null then held_back.until
        else nullif(greatest(crawl_hosts.backoff_until, crawl_hosts.next_fetch_at, case when pending.deferred then pending.not_before end), '-infinity')
        end at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as until,
      case when held_back.host is not null then held_back.reason
        when crawl_hosts.backoff_until > clock_timestamp() then crawl_hosts.backoff_cause
        when crawl_hosts.next_fetch_at > clock_timestamp() + interval '1 second' then 'pace'
        when pending.deferred then 'retry_later' end as cause
    from pending
    left join crawl_hosts on crawl_hosts.host = pending.host
    left join host_freezes held_back on held_back.host = pending.host
      and held_back.tenant_id = (select tenant_id from campaign_executions where id = ${executionId})
      and (held_back.until is null or held_back.until > clock_timestamp())
    order by until nulls last, pending.host`;
}

/** Frees the permits of lanes that hold nothing, and returns how many there were. System role only. */
export async function freeIdlePermits(tx: Tx): Promise<number> {
  const freed = await tx.sql<{ permits: number }[]>`
    delete from host_permits permit where ${idlePermit(tx)} returning permits`;
  return freed.reduce((sum, { permits }) => sum + permits, 0);
}
