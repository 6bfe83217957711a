import type { Frontier } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { sumLanes } from '../executions/sum-lanes.js';

/** Hosts that are looked at, by name; those with most URLs of them are given out. */
const HOSTS_LOOKED_AT = 100;
const HOSTS_SHOWN = 20;
/** Pairs of a host and a priority that are counted, and the URLs that are counted in all of them together. */
const PLACES_COUNTED = 400;
const URLS_COUNTED = 50_000;

interface PlaceRow {
  host: string;
  priority: number;
  depth: number | null;
}

interface CountRow {
  host: string;
  depth: number | null;
  pending: number;
  in_flight: number;
  exact: boolean;
}

/**
 * The URLs of an execution that wait or are in flight, by host and by clicks from a seed. It counts at most 50,000 of
 * them, from the index of the frontier, so it costs the same with a million pending: of what is larger it says that there
 * are at least so many.
 */
export async function readFrontier(tx: Tx, executionId: string): Promise<Frontier> {
  const { coverage } = await sumLanes(tx, executionId);
  const hosts = await pendingHosts(tx, executionId);
  const places = await pendingPlaces(tx, executionId, hosts);
  const most = Math.max(100, Math.floor(URLS_COUNTED / Math.max(1, places.length)));
  const rows = [
    ...(await countPending(tx, executionId, places, most)),
    ...(await countLeased(tx, executionId)),
  ];
  const byHost = sumBy(rows, ({ host }) => host).map(([host, sums]) => ({ host, ...sums }));
  const byDepth = sumBy(rows, ({ depth }) => depth).map(([depth, sums]) => ({ depth, ...sums }));
  const complete = hosts.length < HOSTS_LOOKED_AT && places.length < PLACES_COUNTED;
  return {
    executionId,
    // Counters that have drifted may say that less than nothing waits; the receipt tells of that.
    waiting: Math.max(0, coverage.pending),
    hosts: byHost.sort((a, b) => sizeOf(b) - sizeOf(a) || a.host.localeCompare(b.host)).slice(0, HOSTS_SHOWN),
    depths: byDepth.sort((a, b) => (a.depth ?? Number.MAX_VALUE) - (b.depth ?? Number.MAX_VALUE)),
    complete,
  };
}

const sizeOf = ({ pending, inFlight }: { pending: number; inFlight: number }): number => pending + inFlight;

interface Sums {
  pending: number;
  inFlight: number;
  exact: boolean;
}

function sumBy<K>(rows: readonly CountRow[], keyOf: (row: CountRow) => K): [K, Sums][] {
  const sums = new Map<K, Sums>();
  for (const row of rows) {
    const key = keyOf(row);
    const known = sums.get(key) ?? { pending: 0, inFlight: 0, exact: true };
    sums.set(key, {
      pending: known.pending + row.pending,
      inFlight: known.inFlight + row.in_flight,
      exact: known.exact && row.exact,
    });
  }
  return [...sums];
}

/** Each host with pending URLs: one look into the index for each. */
async function pendingHosts(tx: Tx, executionId: string): Promise<string[]> {
  const rows = await tx.sql<{ host: string }[]>`
    with recursive found as (
      (select host, 1 as nth from crawl_targets
        where execution_id = ${executionId} and state = 'pending' order by host limit 1)
      union all
      select (select target.host from crawl_targets target
        where target.execution_id = ${executionId} and target.state = 'pending' and target.host > found.host
        order by target.host limit 1), nth + 1
      from found where found.host is not null and nth < ${HOSTS_LOOKED_AT}
    )
    select host from found where host is not null`;
  return rows.map(({ host }) => host);
}

/** Each priority that a host has pending URLs of, with the depth of one of them: priorities are given by depth. */
function pendingPlaces(tx: Tx, executionId: string, hosts: readonly string[]): Promise<PlaceRow[]> {
  return tx.sql<PlaceRow[]>`
    with recursive found as (
      select wanted.host, (select max(target.priority) from crawl_targets target
        where target.execution_id = ${executionId} and target.state = 'pending' and target.host = wanted.host) as priority
      from unnest(${[...hosts]}::text[]) as wanted (host)
      union all
      select found.host, (select max(target.priority) from crawl_targets target
        where target.execution_id = ${executionId} and target.state = 'pending' and target.host = found.host
          and target.priority < found.priority)
      from found where found.priority is not null
    )
    select host, priority, case when priority >= 0 then
      (select target.depth from crawl_targets target where target.execution_id = ${executionId}
        and target.state = 'pending' and target.host = found.host and target.priority = found.priority limit 1) end as depth
    from (select * from found where priority is not null limit ${PLACES_COUNTED}) found`;
}

function countPending(
  tx: Tx,
  executionId: string,
  places: readonly PlaceRow[],
  most: number,
): Promise<CountRow[]> {
  return tx.sql<CountRow[]>`
    select place.host, place.depth, least(counted.urls, ${most}::int)::float8 as pending, 0::float8 as in_flight,
      counted.urls <= ${most}::int as exact
    from unnest(${places.map(({ host }) => host)}::text[], ${places.map(({ priority }) => priority)}::int[],
      ${places.map(({ depth }) => depth)}::int[]) as place (host, priority, depth)
    cross join lateral (
      select count(*) as urls from (
        select from crawl_targets target where target.execution_id = ${executionId} and target.state = 'pending'
          and target.host = place.host and target.priority = place.priority limit ${most}::int + 1
      ) counted_url
    ) counted`;
}

/** Few: what lanes have claimed. */
function countLeased(tx: Tx, executionId: string): Promise<CountRow[]> {
  return tx.sql<CountRow[]>`
    select host, case when priority >= 0 then depth end as depth, 0::float8 as pending, count(*)::float8 as in_flight,
      true as exact
    from crawl_targets where execution_id = ${executionId} and state = 'leased' group by 1, 2`;
}
