import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';

/** What a lane asks of one host. */
export interface HostRequest {
  readonly host: string;
  /** Fetches of this lane in flight on the host, or about to start: it cannot give their permits back yet. */
  readonly inFlight: number;
  /** Most fetches at a time that the campaign allows on the host, by all lanes of all campaigns together. */
  readonly limit: number;
  /** Least time between the starts of two fetches, in milliseconds; 0 for none. */
  readonly delayMs: number;
  /** How many targets the lane could use. */
  readonly wanted: number;
}

export interface HostGrant {
  readonly host: string;
  /**
   * Fetches the lane may have in flight on the host. Fewer than it has: it starts no more until enough of
   * them are over, and keeps the permits of those until it asks again.
   */
  readonly permits: number;
  /** How many targets it may claim now. */
  readonly claims: number;
  /** Milliseconds from now until the first of them may start; each next one starts `delayMs` later. */
  readonly startInMs: number;
  readonly delayMs: number;
  /** Why nothing was granted. */
  readonly refusal: 'host_backoff' | 'host_busy' | null;
}

/** How far ahead a paced host is reserved: a lane that dies wastes no more of the host's time than this. */
const RESERVE_AHEAD_MS = 5_000;

interface HostRow {
  host: string;
  start_in_ms: number;
  backoff_in_ms: number;
  others: number;
  other_lanes: number;
  /** The least of the limits that the other lanes' campaigns set on the host; null without other lanes. */
  others_limit: number | null;
}

/**
 * What a lane may have of each host. The limit holds across all lanes, and the lowest that any of their
 * campaigns sets holds for all while it has work there; a lane is granted its even share of it. The host rows are locked in name order, and only then, by a
 * statement of its own with a newer snapshot, the permits are read: so two lanes asking at once cannot
 * both count the same free place. In the same transaction the grants must be kept with `keepHostPermits`,
 * and the pace of what is claimed under them reserved with `reserveHostPace`.
 */
export async function grantHostPermits(
  tx: Tx,
  hold: LaneHold,
  requests: readonly HostRequest[],
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
  const byHost = new Map(rows.map((row) => [row.host, row]));
  return requests.flatMap((request) => {
    const row = byHost.get(request.host);
    return row === undefined ? [] : [grantFor(request, row)];
  });
}

function readHosts(tx: Tx, hold: LaneHold, hosts: readonly string[]): Promise<HostRow[]> {
  return tx.sql<HostRow[]>`
    select host,
      greatest(0, extract(epoch from next_fetch_at - clock_timestamp()) * 1000)::float8 as start_in_ms,
      greatest(0, extract(epoch from backoff_until - clock_timestamp()) * 1000)::float8 as backoff_in_ms,
      others.permits as others, others.lanes as other_lanes, others.host_limit as others_limit
    from crawl_hosts cross join lateral (
      select coalesce(sum(permits), 0)::int as permits, count(*)::int as lanes, min(host_limit)::int as host_limit
      from host_permits permit
      where permit.host = crawl_hosts.host and lane_id <> ${hold.laneId} and lease_until > now()
    ) others
    where host = any(${[...hosts]}::text[])`;
}

/** The share of one host that a lane gets; pure. */
export function grantFor(request: HostRequest, row: Omit<HostRow, 'host'>): HostGrant {
  const limit = Math.min(request.limit, row.others_limit ?? request.limit);
  const share = Math.max(1, Math.floor(limit / (row.other_lanes + 1)));
  const free = Math.max(0, limit - row.others);
  const permits = Math.min(share, free);
  const base = { host: request.host, permits, delayMs: request.delayMs };
  if (row.backoff_in_ms > 0)
    return { ...base, claims: 0, startInMs: row.backoff_in_ms, refusal: 'host_backoff' };
  if (permits === 0) return { ...base, claims: 0, startInMs: 0, refusal: 'host_busy' };
  if (request.wanted === 0) return { ...base, claims: 0, startInMs: 0, refusal: null };
  // Another campaign has reserved the host's time further ahead than anybody may hold URLs for it.
  if (row.start_in_ms > RESERVE_AHEAD_MS)
    return { ...base, claims: 0, startInMs: row.start_in_ms, refusal: 'host_busy' };
  if (request.delayMs === 0) {
    return { ...base, claims: request.wanted, startInMs: row.start_in_ms, refusal: null };
  }
  const room = Math.floor((RESERVE_AHEAD_MS - row.start_in_ms) / request.delayMs) + 1;
  return {
    ...base,
    claims: Math.max(1, Math.min(request.wanted, room)),
    startInMs: row.start_in_ms,
    refusal: null,
  };
}

/**
 * Keeps what was granted until `leaseMs` from now, and gives up the permits of all other hosts, so that
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
  const limitOf = new Map(requests.map((request) => [request.host, request.limit]));
  const limits = hosts.map((host) => limitOf.get(host) ?? 1);
  const held = tx.sql`exists (select from execution_lanes
    where id = ${hold.laneId} and epoch = ${hold.epoch} and status = 'active')`;
  await Promise.all([
    tx.sql`
      insert into host_permits (host, lane_id, lane_epoch, permits, host_limit, lease_until)
      select host, ${hold.laneId}, ${hold.epoch}, permits, host_limit, now() + ${leaseMs} * interval '1 millisecond'
      from unnest(${hosts}::text[], ${permits}::int[], ${limits}::int[]) as g (host, permits, host_limit) where ${held}
      on conflict (host, lane_id) do update
        set lane_epoch = excluded.lane_epoch, permits = excluded.permits, host_limit = excluded.host_limit,
          lease_until = excluded.lease_until`,
    tx.sql`
      delete from host_permits
      where lane_id = ${hold.laneId} and lane_epoch = ${hold.epoch} and host <> all(${hosts}::text[])`,
  ]);
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
  await tx.sql`
    update crawl_hosts
    set next_fetch_at = clock_timestamp() + ahead_ms * interval '1 millisecond'
    from unnest(${paced.map(({ grant }) => grant.host)}::text[],
      ${paced.map(({ grant, claimed }) => grant.startInMs + claimed * grant.delayMs)}::float8[]) as g (host, ahead_ms)
    where crawl_hosts.host = g.host`;
}

/** Pushes a host's next fetch at least `delayMs` from now: a slower pace became known, or something else was fetched from it. */
export async function delayHost(tx: Tx, host: string, delayMs: number): Promise<void> {
  await tx.sql`
    insert into crawl_hosts (host, next_fetch_at) values (${host}, now() + ${delayMs} * interval '1 millisecond')
    on conflict (host) do update set next_fetch_at = greatest(crawl_hosts.next_fetch_at, excluded.next_fetch_at)`;
}

/** Keeps every lane away from a host for `backoffMs`: it asked for it (Retry-After) or does not answer. */
export async function backOffHost(tx: Tx, host: string, backoffMs: number, reason: string): Promise<void> {
  await tx.sql`
    insert into crawl_hosts (host, backoff_until, backoff_reason)
    values (${host}, now() + ${backoffMs} * interval '1 millisecond', ${reason})
    on conflict (host) do update
      set backoff_until = greatest(crawl_hosts.backoff_until, excluded.backoff_until), backoff_reason = excluded.backoff_reason`;
}
