import type { BackOffCause } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import { type BackOff, nextBackOff, writeBackOffs } from './back-off.js';
import {
  CIRCUIT_FAILURES,
  CIRCUIT_TRIES,
  grantFor,
  type HostGrant,
  type HostRequest,
  type HostStanding,
  hostLimits,
  isCrowded,
  SHARED_PACE_SPARE_MS,
} from './grant-host.js';
import { partyKeys, permitsByTurn, readContenders } from './host-turns.js';
import { observeHost } from './response-times.js';

interface HostRow {
  host: string;
  start_in_ms: number;
  backoff_left_ms: number;
  backoff_level: number;
  backoff_cause: BackOffCause | null;
  others: number;
  other_lanes: number;
  others_limit: number | null;
  others_delay: number | null;
  others_pace: number | null;
  own_pace: number | null;
  has_rivals: boolean;
  frozen: boolean;
  baseline_ms: number | null;
  response_ms: number | null;
  slow_level: number;
  slow_changed_ms_ago: number;
  consecutive_failures: number;
}

/**
 * What a lane may have of each host. The limit holds across all lanes, and the lowest limit and the longest
 * delay that any of their campaigns sets hold for all while it has work there; a lane is granted its even
 * share, or what its turn brings where there are more lanes than fetches (see host-turns.ts). The host rows
 * are locked in name order, and only then, by a statement of its own with a newer snapshot, the permits are
 * read: so two lanes asking at once cannot both count the same free place. In the same transaction the grants
 * must be kept with `keepHostPermits`, and the pace of what is claimed under them reserved with
 * `reserveHostPace`. What the lane saw of the hosts is noted on the way. `backOffMs`: the first back-off of a
 * host that cannot be reached.
 */
export async function grantHostPermits(
  tx: Tx,
  hold: LaneHold,
  requests: readonly HostRequest[],
  backOffMs: number,
): Promise<HostGrant[]> {
  if (requests.length === 0) return [];
  const hosts = requests.map((request) => request.host);
  const [, , rows] = await Promise.all([
    tx.sql`
      insert into crawl_hosts (host) select host from unnest(${hosts}::text[]) as h (host) order by host
      on conflict do nothing`,
    tx.sql`select 1 from crawl_hosts where host = any(${hosts}::text[]) order by host for update`,
    readHosts(tx, hold, hosts),
  ]);
  const byHost = new Map(rows.map((row) => [row.host, standingOf(row)]));
  const observed = requests.flatMap((request) => observe(request, byHost.get(request.host), backOffMs));
  for (const { host, standing } of observed) byHost.set(host, standing);
  for (const [host, standing] of await readTurns(tx, hold, requests, byHost)) byHost.set(host, standing);
  const grants = requests.flatMap((request) => {
    const standing = byHost.get(request.host);
    return standing === undefined ? [] : [grantFor(request, standing)];
  });
  await Promise.all([
    writeHealth(tx, observed),
    writeBackOffs(
      tx,
      observed.flatMap(({ opened }) => opened),
    ),
  ]);
  return grants;
}

/** The hosts on which the lane has turns, each with what its turn brings. Asks nothing while there are none. */
async function readTurns(
  tx: Tx,
  hold: LaneHold,
  requests: readonly HostRequest[],
  standings: ReadonlyMap<string, HostStanding>,
): Promise<[string, HostStanding][]> {
  const crowded = requests.flatMap((request) => {
    const standing = standings.get(request.host);
    if (standing === undefined || !isCrowded(request, standing)) return [];
    return [{ host: request.host, standing, limit: hostLimits(request, standing).limit }];
  });
  if (crowded.length === 0) return [];
  const contenders = await readContenders(
    tx,
    hold,
    crowded.map(({ host }) => host),
  );
  return crowded.map(({ host, standing, limit }) => {
    const turn = permitsByTurn(hold.laneId, limit, contenders.get(host) ?? []);
    return [host, { ...standing, turn }];
  });
}

function readHosts(tx: Tx, hold: LaneHold, hosts: readonly string[]): Promise<HostRow[]> {
  return tx.sql<HostRow[]>`
    select crawl_hosts.host,
      greatest(0, extract(epoch from next_fetch_at - clock_timestamp()) * 1000)::float8 as start_in_ms,
      case when backoff_until = '-infinity' then -1e12
        else extract(epoch from backoff_until - clock_timestamp()) * 1000 end::float8 as backoff_left_ms,
      backoff_level, backoff_cause, baseline_ms, response_ms, slow_level, consecutive_failures,
      case when slow_changed_at = '-infinity' then 1e12
        else extract(epoch from clock_timestamp() - slow_changed_at) * 1000 end::float8 as slow_changed_ms_ago,
      others.permits as others, others.lanes as other_lanes, others.host_limit as others_limit,
      others.delay_ms as others_delay, others.pace_ms as others_pace, others.own_pace, others.has_rivals,
      exists (select from host_freezes frozen
        where frozen.host = crawl_hosts.host and (frozen.until is null or frozen.until > now())) as frozen
    from crawl_hosts cross join lateral (
      select coalesce(sum(permits) filter (where other), 0)::int as permits,
        (count(*) filter (where other))::int as lanes, min(host_limit) filter (where other) as host_limit,
        max(delay_ms) filter (where other) as delay_ms, max(pace_ms) filter (where not other) as own_pace,
        min(pace_ms) filter (where other and permits > 0) as pace_ms,
        coalesce(bool_or(other and asked_at is not null and campaign_key is distinct from ${partyKeys(tx, hold).campaign}), false)
          as has_rivals
      from (select permits, host_limit, delay_ms, pace_ms, asked_at, campaign_key, lane_id <> ${hold.laneId} as other
        from host_permits permit
        where permit.host = crawl_hosts.host and lease_until > now()) permit
    ) others
    where crawl_hosts.host = any(${[...hosts]}::text[])`;
}

function standingOf(row: HostRow): HostStanding {
  return {
    startInMs: row.start_in_ms,
    backOffLeftMs: row.backoff_left_ms,
    backOffLevel: row.backoff_level,
    backOffCause: row.backoff_cause,
    others: row.others,
    otherLanes: row.other_lanes,
    othersLimit: row.others_limit,
    othersDelayMs: row.others_delay,
    othersPaceMs: row.others_pace,
    ownPaceMs: row.own_pace,
    hasRivals: row.has_rivals,
    turn: null,
    isFrozen: row.frozen,
    baselineMs: row.baseline_ms,
    responseMs: row.response_ms,
    slowLevel: row.slow_level,
    slowChangedMsAgo: row.slow_changed_ms_ago,
    failuresInARow: row.consecutive_failures,
  };
}

interface Observed {
  readonly host: string;
  readonly standing: HostStanding;
  /** The back-off that follows when the host cannot be reached: the circuit opens. */
  readonly opened: readonly (BackOff & { readonly host: string; readonly reason: string })[];
}

function observe(request: HostRequest, before: HostStanding | undefined, backOffMs: number): Observed[] {
  const { host, seen } = request;
  if (seen === undefined || before === undefined) return [];
  const standing = { ...before, ...observeHost(before, seen) };
  const fails = seen.failuresInARow > 0 && standing.failuresInARow >= CIRCUIT_FAILURES;
  const isGivenUp = before.failuresInARow >= CIRCUIT_FAILURES && before.backOffLevel >= CIRCUIT_TRIES;
  if (!fails || isGivenUp || before.backOffLeftMs > 0) return [{ host, standing, opened: [] }];
  const next = nextBackOff({ level: before.backOffLevel, leftMs: before.backOffLeftMs }, null, backOffMs);
  const reason = `${standing.failuresInARow} connections in a row could not be made`;
  const opened = { ...next, cause: 'circuit_open' as const, host, reason };
  const backedOff = { backOffLevel: next.level, backOffLeftMs: next.forMs, backOffCause: opened.cause };
  return [{ host, standing: { ...standing, ...backedOff }, opened: [opened] }];
}

async function writeHealth(tx: Tx, observed: readonly Observed[]): Promise<void> {
  if (observed.length === 0) return;
  const health = observed.map(({ standing }) => standing);
  await tx.sql`
    update crawl_hosts
    set baseline_ms = seen.baseline_ms, response_ms = seen.response_ms, consecutive_failures = seen.failures,
      slow_level = seen.slow_level,
      slow_changed_at = case when seen.slow_level = crawl_hosts.slow_level then slow_changed_at else clock_timestamp() end
    from unnest(${observed.map(({ host }) => host)}::text[], ${health.map((one) => one.baselineMs)}::real[],
      ${health.map((one) => one.responseMs)}::real[], ${health.map((one) => one.failuresInARow)}::int[],
      ${health.map((one) => one.slowLevel)}::smallint[]) as seen (host, baseline_ms, response_ms, failures, slow_level)
    where crawl_hosts.host = seen.host`;
}

/**
 * Keeps what was granted until `leaseMs` from now (and not from the beginning of a transaction that may have waited
 * for its locks: others would take for free what this lane uses), and gives up the permits of all other hosts, so that
 * others get a larger share. A lane that has been taken away changes nothing. The lane's row must be
 * locked: renewing and releasing it change the same permits.
 */
export async function keepHostPermits(
  tx: Tx,
  hold: LaneHold,
  requests: readonly HostRequest[],
  grants: readonly HostGrant[],
  leaseMs: number,
): Promise<void> {
  const inFlight = new Map(requests.map((request) => [request.host, request.inFlight]));
  const hosts = grants.map((grant) => grant.host);
  const permits = grants.map((grant) => Math.max(grant.permits, inFlight.get(grant.host) ?? 0));
  const requestOf = new Map(requests.map((request) => [request.host, request]));
  const limits = hosts.map((host) => requestOf.get(host)?.limit ?? 1);
  const delays = hosts.map((host) => requestOf.get(host)?.delayMs ?? 0);
  const causes = hosts.map((host) => requestOf.get(host)?.delayCause ?? null);
  const slower = grants.filter((grant) => grant.isSlower);
  const key = partyKeys(tx, hold);
  const held = tx.sql`exists (select from execution_lanes
    where id = ${hold.laneId} and epoch = ${hold.epoch} and status = 'active')`;
  await Promise.all([
    // A permit that is new must outlast a crash of the server: the lane goes on using it, and others would take it for free.
    tx.sql`
      select set_config('synchronous_commit', 'on', true) where exists (
        select from unnest(${hosts}::text[], ${permits}::int[]) as g (host, permits)
        left join host_permits before on before.host = g.host and before.lane_id = ${hold.laneId}
        where g.permits > coalesce(before.permits, 0))`,
    // A frozen lane asks for nothing. A lane waits from when it has no permits, and its turn lasts while it has some.
    tx.sql`
      insert into host_permits (host, lane_id, lane_epoch, permits, host_limit, delay_ms, delay_cause, pace_ms, lease_until,
        tenant_key, campaign_key, asked_at, turn_at)
      select host, ${hold.laneId}::uuid, ${hold.epoch}::bigint, permits, host_limit, delay_ms, delay_cause, pace_ms,
        clock_timestamp() + ${leaseMs} * interval '1 millisecond', ${key.tenant}, ${key.campaign},
        case when asks then clock_timestamp() end, case when granted > 0 then clock_timestamp() end
      from unnest(${hosts}::text[], ${permits}::int[], ${limits}::int[], ${delays}::int[], ${causes}::text[],
        ${grants.map((grant) => grant.delayMs)}::int[], ${grants.map((grant) => grant.permits)}::int[],
        ${grants.map((grant) => grant.refusal !== 'host_frozen')}::boolean[])
        as g (host, permits, host_limit, delay_ms, delay_cause, pace_ms, granted, asks)
      where ${held}
      on conflict (host, lane_id) do update
        set lane_epoch = excluded.lane_epoch, permits = excluded.permits, host_limit = excluded.host_limit,
          delay_ms = excluded.delay_ms, delay_cause = excluded.delay_cause, pace_ms = excluded.pace_ms,
          lease_until = excluded.lease_until, tenant_key = excluded.tenant_key, campaign_key = excluded.campaign_key,
          asked_at = case
            when excluded.turn_at is null and host_permits.permits = 0 and excluded.asked_at is not null
              then coalesce(host_permits.asked_at, excluded.asked_at)
            else excluded.asked_at end,
          turn_at = case
            when excluded.turn_at is null or host_permits.permits > 0 then coalesce(host_permits.turn_at, excluded.turn_at)
            else excluded.turn_at end`,
    tx.sql`
      delete from host_permits
      where lane_id = ${hold.laneId} and lane_epoch = ${hold.epoch} and host <> all(${hosts}::text[])`,
    startAnew(tx, slower),
  ]);
}

/** What started by the faster pace may have started just now: the first start by the slower one keeps its distance. */
async function startAnew(tx: Tx, slower: readonly HostGrant[]): Promise<void> {
  if (slower.length === 0) return;
  await tx.sql`
    update crawl_hosts
    set next_fetch_at = greatest(next_fetch_at, clock_timestamp() + delay_ms * interval '1 millisecond')
    from unnest(${slower.map(({ host }) => host)}::text[], ${slower.map(({ delayMs }) => delayMs)}::float8[]) as g (host, delay_ms)
    where crawl_hosts.host = g.host`;
}

/**
 * Moves the next free moment of each paced host past the `claimed` fetches that were handed out under its
 * grant. What was granted and not used stays free for whoever comes next.
 */
export async function reserveHostPace(
  tx: Tx,
  used: readonly { readonly grant: HostGrant; readonly claimed: number }[],
): Promise<void> {
  const paced = used.filter(({ grant, claimed }) => grant.delayMs > 0 && claimed > 0);
  if (paced.length === 0) return;
  await Promise.all([
    // Should a crash of the server take the places back, another lane would start in them.
    tx.sql`select set_config('synchronous_commit', 'on', true)`,
    tx.sql`
      update crawl_hosts
      set next_fetch_at = clock_timestamp() + ahead_ms * interval '1 millisecond'
      from unnest(${paced.map(({ grant }) => grant.host)}::text[],
        ${paced.map(({ grant, claimed }) => grant.startInMs + claimed * grant.delayMs + (grant.isShared ? SHARED_PACE_SPARE_MS : 0))}::float8[])
        as g (host, ahead_ms)
      where crawl_hosts.host = g.host`,
  ]);
}

/** Pushes a host's next fetch at least `delayMs` from now: a slower pace became known, or something else was fetched from it. */
export async function delayHost(tx: Tx, host: string, delayMs: number): Promise<void> {
  await tx.sql`
    insert into crawl_hosts (host, next_fetch_at) values (${host}, now() + ${delayMs} * interval '1 millisecond')
    on conflict (host) do update set next_fetch_at = greatest(crawl_hosts.next_fetch_at, excluded.next_fetch_at)`;
}

/**
 * Takes the next place in a host's pace for one fetch that no claim brought; returns in how many milliseconds
 * it is. The pace is the slowest that any lane on the host keeps, or `delayMs` if that is slower. For a
 * transaction of its own: it locks the host.
 */
export async function takeHostPlace(tx: Tx, host: string, delayMs: number): Promise<number> {
  const [row] = await tx.sql<{ start_in_ms: number }[]>`
    with pace as materialized (
      select greatest(${delayMs}::float8, max(pace_ms)) as ms from host_permits
      where host = ${host} and lease_until > now()
    ), taken as (
      insert into crawl_hosts as known (host, next_fetch_at)
      select ${host}, clock_timestamp() + ms * interval '1 millisecond' from pace
      on conflict (host) do update
        set next_fetch_at = greatest(known.next_fetch_at, clock_timestamp())
          + (select ms from pace) * interval '1 millisecond'
      returning next_fetch_at
    )
    select greatest(0, extract(epoch from next_fetch_at - clock_timestamp()) * 1000 - ms)::float8 as start_in_ms
    from taken, pace`;
  return row?.start_in_ms ?? 0;
}
