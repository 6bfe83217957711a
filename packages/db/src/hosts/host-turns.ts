import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';

/** A lane that asks for permits of a host on which there are more lanes than permits. */
export interface Contender {
  readonly laneId: string;
  /** Whose it is: the same for all lanes of one campaign, and of one tenant. */
  readonly campaign: string;
  readonly tenant: string;
  readonly hasPermits: boolean;
  /** Milliseconds for which it has asked in vain. */
  readonly waitedMs: number;
  /** Milliseconds since it got permits, or if it has none now, when it last did; null if it never has. */
  readonly turnMsAgo: number | null;
}

/**
 * How long a lane keeps permits while others ask in vain, in milliseconds. From one lane to the next a permit lies idle for
 * about a second, until both have claimed; and who waits should not wait for minutes.
 */
export const TURN_MS = 20_000;

/**
 * The permits of `limit` that are a lane's by turns. They are shared out evenly among tenants, those of a tenant among its
 * campaigns, and those of a campaign among its lanes. What cannot be divided goes to those whose turn is not over, then to
 * those that wait, the longest first, then to those that have had theirs. So nobody waits for ever, and a turn that must
 * wait for a slow fetch of another lane is not lost. Pure.
 */
export function permitsByTurn(laneId: string, limit: number, contenders: readonly Contender[]): number {
  return dealtTo(laneId, limit, contenders, [
    ({ tenant }) => tenant,
    ({ campaign }) => campaign,
    (contender) => contender.laneId,
  ]);
}

function dealtTo(
  laneId: string,
  permits: number,
  contenders: readonly Contender[],
  [partyOf, ...within]: readonly ((contender: Contender) => string)[],
): number {
  if (partyOf === undefined) return permits;
  const parties = inOrder(contenders, partyOf);
  const place = parties.findIndex((lanes) => lanes.some((lane) => lane.laneId === laneId));
  const own = parties[place];
  if (own === undefined) return 0;
  const share = Math.floor(permits / parties.length) + (place < permits % parties.length ? 1 : 0);
  return dealtTo(laneId, share, own, within);
}

function inOrder(
  contenders: readonly Contender[],
  partyOf: (contender: Contender) => string,
): readonly (readonly Contender[])[] {
  const parties = new Map<string, Contender[]>();
  for (const contender of contenders) {
    const party = partyOf(contender);
    parties.set(party, [...(parties.get(party) ?? []), contender]);
  }
  return [...parties.values()]
    .map((lanes) => ({ lanes, ...rankOf(lanes) }))
    .sort((a, b) => a.rank - b.rank || b.forMs - a.forMs)
    .map(({ lanes }) => lanes);
}

/** Who comes first has the lower rank; of one rank, who has been in it for longest. */
function rankOf(lanes: readonly Contender[]): { readonly rank: number; readonly forMs: number } {
  const holding = lanes.filter(({ hasPermits }) => hasPermits);
  if (holding.length > 0) {
    // While one of them has its turn, they all have.
    const heldMs = Math.min(...holding.map(({ turnMsAgo }) => turnMsAgo ?? Number.MAX_SAFE_INTEGER));
    return heldMs < TURN_MS ? { rank: 0, forMs: heldMs } : { rank: 2, forMs: -heldMs };
  }
  // From the end of the last turn of any of them: a lane that joins does not bring its campaign another.
  const served = lanes.flatMap(({ turnMsAgo, waitedMs }) => (turnMsAgo === null ? [] : [waitedMs]));
  const forMs = served.length > 0 ? Math.min(...served) : Math.max(...lanes.map(({ waitedMs }) => waitedMs));
  return { rank: 1, forMs };
}

/** What stands for whose a lane is where the lanes of all tenants stand together: no id. */
export function partyKeys(tx: Tx, { tenantId, campaignId }: LaneHold) {
  return { tenant: tx.sql`md5(${tenantId})::uuid`, campaign: tx.sql`md5(${campaignId})::uuid` };
}

/** Who asks for permits of each of these hosts, the lane itself among them. The hosts must be locked. */
export async function readContenders(
  tx: Tx,
  hold: LaneHold,
  hosts: readonly string[],
): Promise<Map<string, Contender[]>> {
  const key = partyKeys(tx, hold);
  const msSince = (column: string) =>
    tx.sql`(extract(epoch from clock_timestamp() - permit.${tx.sql(column)}) * 1000)::float8`;
  const rows = await tx.sql<(Contender & { host: string })[]>`
    select permit.host, permit.lane_id as "laneId", coalesce(permit.tenant_key, permit.lane_id) as tenant,
      coalesce(permit.campaign_key, permit.lane_id) as campaign, permit.permits > 0 as "hasPermits",
      ${msSince('asked_at')} as "waitedMs", ${msSince('turn_at')} as "turnMsAgo"
    from host_permits permit
    where permit.host = any(${[...hosts]}::text[]) and permit.lease_until > now() and permit.lane_id <> ${hold.laneId}
      and permit.asked_at is not null
    union all
    select asked.host, ${hold.laneId}::uuid, ${key.tenant}, ${key.campaign}, coalesce(permit.permits > 0, false),
      coalesce(${msSince('asked_at')}, 0), ${msSince('turn_at')}
    from unnest(${[...hosts]}::text[]) as asked (host)
    left join host_permits permit
      on permit.host = asked.host and permit.lane_id = ${hold.laneId} and permit.lease_until > now()
    order by 2`;
  const byHost = new Map<string, Contender[]>(hosts.map((host) => [host, []]));
  for (const { host, ...contender } of rows) byHost.get(host)?.push(contender);
  return byHost;
}
