import type {
  CampaignConfig,
  DelayCause,
  ExecutionState,
  RedirectType,
  WaitingReason,
} from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import type { HostGrant, HostRequest } from '../hosts/grant-host.js';
import { grantHostPermits, keepHostPermits, reserveHostPace } from '../hosts/lease-host-permits.js';
import type { HostObservation } from '../hosts/response-times.js';
import type { LaneHold } from '../lanes/take-lane.js';
import { noteResumed } from '../operations/obey-operation.js';
import { addToAllowance, bookPages } from '../quotas/book-pages.js';
import { type KnownVersion, readValidators } from './read-validators.js';

/** One URL leased to a lane. */
export interface ClaimedTarget {
  readonly url: string;
  readonly urlKey: string;
  readonly host: string;
  readonly depth: number;
  readonly attempt: number;
  readonly isSeed: boolean;
  readonly redirectHops: readonly RedirectHop[];
  /** Milliseconds from the claim until its fetch may start. */
  readonly startInMs: number;
  /** What the previous execution knows of its version, where the campaign asks only for what has changed. */
  readonly knownVersion?: KnownVersion;
}

/** One step of the way a redirect led: the URL that answered, with what, and how long that took in milliseconds. */
export interface RedirectHop {
  readonly url: string;
  readonly status: number;
  readonly type: RedirectType;
  readonly ms: number;
}

export interface ClaimRequest {
  /** Targets the lane has room for. With 0 the permits of the hosts it works on are shared out anew, and that is all. */
  readonly wanted: number;
  readonly leaseMs: number;
  readonly config: CampaignConfig;
  /** Fetches per host that are in flight, or may start before this claim is answered. */
  readonly inFlight: ReadonlyMap<string, number>;
  /** Targets already claimed and not yet started or settled, per host: their permits must stay. */
  readonly held: ReadonlySet<string>;
  /** Pace of a host, in milliseconds between starts, or undefined where its robots.txt is not known yet. */
  readonly delayOf: (host: string) => HostDelay | undefined;
  /** What the lane saw of hosts since its last claim. */
  readonly seen: ReadonlyMap<string, HostObservation>;
  /** The first back-off of a host that cannot be reached, in milliseconds. */
  readonly backOffMs: number;
  /** Claims go round the hosts: the last host of the previous claim. */
  readonly afterHost: string;
}

/** How far apart fetches of a host start, as the campaign or the site wants it. */
export interface HostDelay {
  /** Milliseconds; 0 for no pace. */
  readonly delayMs: number;
  readonly cause: DelayCause | null;
}

export type ClaimOutcome =
  | { readonly kind: 'lost' }
  | {
      readonly kind: 'held';
      readonly executionStatus: ExecutionState;
      readonly scopeVersion: number;
      /** The last batch of this hold of the lane in the ledger; see `CommitOutcome`. */
      readonly lastBatch: number;
      readonly targets: readonly ClaimedTarget[];
      readonly grants: readonly HostGrant[];
      readonly lastHost: string;
      /** The worker is asked to give the lane back: others have less than their share. Nothing was claimed. */
      readonly shouldYield: boolean;
      /** Why fewer were claimed than wanted. */
      readonly waitingReason: WaitingReason | null;
    };

/** A URL that was leased to this many lanes that died is kept apart. */
const SUSPECT_LEASE_LOSSES = 2;
/** Hosts looked at per claim. A claim goes round, so more hosts than this only take more claims. */
const HOSTS_PER_CLAIM = 64;

interface Standing {
  status: ExecutionState;
  scope_version: number;
  last_batch: number;
  remaining_pages: number;
  past_deadline: boolean;
  should_yield: boolean;
  /** Null for a tenant without a quota of pages. */
  max_pages_per_day: number | null;
  past_bytes: boolean;
  is_resuming: boolean;
}

/**
 * Leases a batch of pending URLs to a lane, breadth first within a host, only on hosts whose permits
 * the lane holds, and never more than the execution's page limit leaves. Claims of one execution queue
 * up on its row, which is what makes the page limit exact. Locks, in this order: the execution, hosts by
 * name, the lane, its permits, targets. The lane comes late, since its commits wait for it.
 */
export async function claimTargets(tx: Tx, hold: LaneHold, request: ClaimRequest): Promise<ClaimOutcome> {
  const standing = await readStanding(tx, hold, request.config);
  if (standing === null) return { kind: 'lost' };
  const reached = limitReached(standing);
  const possible =
    reached === null && !standing.should_yield ? Math.min(request.wanted, standing.remaining_pages) : 0;
  const quota = standing.max_pages_per_day;
  const booking = quota === null || possible === 0 ? null : await bookPages(tx, hold, quota, possible);
  const wanted = booking === null ? possible : Math.min(possible, booking.allowance);
  const limit = wanted < possible && wanted === 0 ? 'quota_pages' : reached;
  const pending = wanted === 0 ? [] : await listPendingHosts(tx, hold.executionId, request.afterHost);
  const kept = [...new Set([...pending, ...request.held, ...request.inFlight.keys()])];
  const asked = hostRequests(request, kept, pending, wanted);
  const grants = await grantHostPermits(tx, hold, asked, request.backOffMs);
  const { open, lastHost } = spread(grants, pending, wanted);
  const [isHeld, , , targets] = await Promise.all([
    lockLane(tx, hold),
    keepHostPermits(tx, hold, asked, grants, request.leaseMs),
    booking === null ? null : addToAllowance(tx, hold, booking),
    leaseTargets(tx, hold, open, request.held.size === 0),
    standing.is_resuming && standing.status === 'running' ? noteResumed(tx, hold) : null,
  ]);
  if (!isHeld) return { kind: 'lost' };
  return {
    kind: 'held',
    executionStatus: standing.status,
    scopeVersion: standing.scope_version,
    lastBatch: standing.last_batch,
    targets: request.config.fetch.conditional ? await withVersions(tx, hold, targets) : targets,
    grants,
    lastHost,
    shouldYield: standing.should_yield,
    waitingReason: targets.length > 0 || request.wanted === 0 ? null : (limit ?? reasonOf(pending, grants)),
  };
}

async function withVersions(
  tx: Tx,
  hold: LaneHold,
  targets: readonly ClaimedTarget[],
): Promise<readonly ClaimedTarget[]> {
  const known = await readValidators(
    tx,
    hold,
    targets.map(({ urlKey }) => urlKey),
  );
  if (known.size === 0) return targets;
  return targets.map((target) => {
    const knownVersion = known.get(target.urlKey);
    return knownVersion === undefined ? target : { ...target, knownVersion };
  });
}

function limitReached(standing: Standing): WaitingReason | null {
  if (standing.status !== 'running') return 'not_running';
  if (standing.past_deadline) return 'duration_limit';
  if (standing.past_bytes) return 'byte_limit';
  return standing.remaining_pages <= 0 ? 'page_limit' : null;
}

function reasonOf(pending: readonly string[], grants: readonly HostGrant[]): WaitingReason {
  if (pending.length === 0) return 'frontier_empty';
  const refusals = grants.flatMap(({ refusal }) => (refusal === null ? [] : [refusal]));
  // A freeze ends when a person ends it: what waits for it needs saying most.
  return refusals.includes('host_frozen') ? 'host_frozen' : (refusals[0] ?? 'retry_later');
}

/** What to ask of each host: a share of `wanted` where targets are pending, only permits where the lane still works. */
function hostRequests(
  request: ClaimRequest,
  hosts: readonly string[],
  pending: readonly string[],
  wanted: number,
): HostRequest[] {
  const { politeness } = request.config;
  const hasPending = new Set(pending);
  const perHost = pending.length === 0 ? 0 : Math.ceil(wanted / pending.length);
  return hosts.map((host) => {
    const known = request.delayOf(host);
    // Until its robots.txt is known a host gets one URL at a time, which will read it.
    const most = known === undefined ? (request.held.has(host) ? 0 : 1) : perHost;
    const delay = known ?? campaignDelay(politeness.delayMs);
    const seen = request.seen.get(host);
    return {
      host,
      inFlight: request.inFlight.get(host) ?? 0,
      limit: politeness.maxConcurrencyPerHost,
      delayMs: delay.delayMs,
      delayCause: delay.cause,
      wanted: hasPending.has(host) ? most : 0,
      ...(seen === undefined ? {} : { seen }),
    };
  });
}

/** The pace that a campaign wants of every host. */
export function campaignDelay(delayMs: number): HostDelay {
  return { delayMs, cause: delayMs === 0 ? null : 'campaign_delay' };
}

/**
 * The lane's fence and the execution's limits, with the execution's row locked against other claims. The
 * counters are read by a statement of their own: the one that waits for the lock would still see them as
 * they were before the claim it waited for.
 */
async function readStanding(tx: Tx, hold: LaneHold, config: CampaignConfig): Promise<Standing | null> {
  const { maxBytes } = config.scope;
  const [, [standing]] = await Promise.all([
    tx.sql`select 1 from campaign_executions where id = ${hold.executionId} for no key update`,
    tx.sql<Standing[]>`
      select execution.status, execution.scope_version, lane.last_batch::float8,
        ${config.scope.maxPages} - (select coalesce(sum(fetched + in_flight), 0)::float8 from execution_lanes
          where execution_id = execution.id) as remaining_pages,
        coalesce(execution.started_at + (${config.scope.maxDurationSeconds} + execution.paused_seconds + execution.waited_seconds)
          * interval '1 second' <= now(), false) as past_deadline,
        ${maxBytes} > 0 and (select coalesce(sum(wire_bytes), 0)::float8 from execution_lanes
          where execution_id = execution.id) >= ${maxBytes} as past_bytes,
        lane.yield_requested_at is not null as should_yield,
        exists (select from execution_operations operation where operation.id = execution.operation_id
          and operation.kind = 'resume' and operation.state = 'running') as is_resuming,
        (select max_pages_per_day from tenant_quotas where tenant_id = ${hold.tenantId}) as max_pages_per_day
      from campaign_executions execution
      join execution_lanes lane on lane.execution_id = execution.id
      where lane.id = ${hold.laneId} and lane.epoch = ${hold.epoch} and lane.status = 'active' and lane.lease_until > now()`,
  ]);
  return standing ?? null;
}

/** Up to HOSTS_PER_CLAIM hosts with pending targets, after a host and then round from the first: one index probe each. */
async function listPendingHosts(tx: Tx, executionId: string, afterHost: string): Promise<string[]> {
  const after = await scanPendingHosts(tx, executionId, afterHost);
  if (afterHost === '' || after.length === HOSTS_PER_CLAIM) return after;
  const round = await scanPendingHosts(tx, executionId, '');
  return [...new Set([...after, ...round])].slice(0, HOSTS_PER_CLAIM);
}

async function scanPendingHosts(tx: Tx, executionId: string, afterHost: string): Promise<string[]> {
  const rows = await tx.sql<{ host: string }[]>`
    with recursive pending_host as (
      (select host, 1 as nth from crawl_targets
        where execution_id = ${executionId} and state = 'pending' and host > ${afterHost} order by host limit 1)
      union all
      select (select target.host from crawl_targets target
        where target.execution_id = ${executionId} and target.state = 'pending' and target.host > pending_host.host
        order by target.host limit 1), nth + 1
      from pending_host where pending_host.host is not null and nth < ${HOSTS_PER_CLAIM}
    )
    select host from pending_host where host is not null`;
  return rows.map((row) => row.host);
}

interface TargetRow {
  url: string;
  url_key: string;
  host: string;
  depth: number;
  attempt: number;
  is_seed: boolean;
  redirect_hops: RedirectHop[] | null;
  discovery_order: number;
  priority: number;
}

/** From here on nobody can take the lane away. False when somebody has, since its standing was read. */
async function lockLane(tx: Tx, hold: LaneHold): Promise<boolean> {
  const rows = await tx.sql`
    select 1 from execution_lanes
    where id = ${hold.laneId} and epoch = ${hold.epoch} and status = 'active' for update`;
  return rows.length === 1;
}

/**
 * Leases the targets; none to a lane that was taken away. A URL that was with two dying lanes already may be
 * what killed them: it is leased when nothing else is there to lease, and alone, so that if it kills again
 * it takes no others into suspicion.
 */
async function leaseTargets(
  tx: Tx,
  hold: LaneHold,
  open: readonly HostGrant[],
  laneIsIdle: boolean,
): Promise<ClaimedTarget[]> {
  if (open.length === 0) return [];
  const unsuspected = await moveToLane(tx, hold, open, 'unsuspected');
  if (unsuspected.length > 0 || !laneIsIdle) return unsuspected;
  return moveToLane(
    tx,
    hold,
    open.map((grant) => ({ ...grant, claims: 1 })),
    'suspected',
  );
}

/**
 * Takes the first targets of each open host. The planner cannot know how many a grant allows and would reckon with
 * a tenth of all that are pending, which it joins by reading the whole frontier. So it is told a bound first
 * (more than any lane asks for; rows behind `claims` are neither read nor locked), and the targets are looked up
 * as an array, one by one.
 */
async function moveToLane(
  tx: Tx,
  hold: LaneHold,
  open: readonly HostGrant[],
  which: 'unsuspected' | 'suspected',
): Promise<ClaimedTarget[]> {
  const rows = await tx.sql<TargetRow[]>`
    with lane as materialized (
      select id from execution_lanes
      where id = ${hold.laneId} and epoch = ${hold.epoch} and status = 'active'
    ), picked as materialized (
      select candidate.url_key
      from lane
      cross join unnest(${open.map((grant) => grant.host)}::text[], ${open.map((grant) => grant.claims)}::int[]) as grant_ (host, claims)
      cross join lateral (
        select url_key from (
          select url_key from crawl_targets target
          where target.execution_id = ${hold.executionId} and target.host = grant_.host and target.state = 'pending'
            and target.not_before <= now() and (target.lease_losses >= ${SUSPECT_LEASE_LOSSES}) = ${which === 'suspected'}
          order by priority desc, discovery_order
          limit 1024
          for update skip locked
        ) first
        limit grant_.claims
      ) candidate
      ${which === 'suspected' ? tx.sql`limit 1` : tx.sql``}
    )
    update crawl_targets target
    set state = 'leased', lane_id = ${hold.laneId}, lane_epoch = ${hold.epoch}, attempt = attempt + 1
    where target.execution_id = ${hold.executionId} and target.url_key = any (array(select url_key from picked))
    returning target.url, target.url_key, target.host, target.depth, target.attempt, target.is_seed, target.redirect_hops,
      target.discovery_order, target.priority`;
  if (rows.length === 0) return [];
  const claimed = new Map<string, number>();
  for (const { host } of rows) claimed.set(host, (claimed.get(host) ?? 0) + 1);
  await Promise.all([
    // What the worker last said it has is from before: a URL that ends its worker at once must not look unknown to it.
    tx.sql`
      update execution_lanes set in_flight = in_flight + ${rows.length}, held = null,
        page_allowance = page_allowance - case when page_day is null then 0 else ${rows.length} end
      where id = ${hold.laneId}`,
    reserveHostPace(
      tx,
      open.map((grant) => ({ grant, claimed: claimed.get(grant.host) ?? 0 })),
    ),
  ]);
  rows.sort((a, b) => b.priority - a.priority || a.discovery_order - b.discovery_order);
  return paced(rows, open);
}

/**
 * Cuts the grants down to `wanted` targets in all, in order, and says where the next claim goes on: behind
 * the last host that was served when not all were, so that none waits for ever behind busier ones.
 */
function spread(
  grants: readonly HostGrant[],
  pending: readonly string[],
  wanted: number,
): { open: HostGrant[]; lastHost: string } {
  const open: HostGrant[] = [];
  let left = wanted;
  let lastServed = pending.length - 1;
  for (const grant of grants) {
    if (grant.claims === 0) continue;
    const claims = Math.min(grant.claims, left);
    open.push({ ...grant, claims });
    left -= claims;
    if (left > 0) continue;
    lastServed = pending.indexOf(grant.host);
    break;
  }
  const allServed = lastServed === pending.length - 1 && pending.length < HOSTS_PER_CLAIM;
  return { open, lastHost: allServed ? '' : (pending[lastServed] ?? '') };
}

/** Gives each target its place in its host's pace. */
function paced(rows: readonly TargetRow[], grants: readonly HostGrant[]): ClaimedTarget[] {
  const next = new Map(grants.map((grant) => [grant.host, { at: grant.startInMs, step: grant.delayMs }]));
  return rows.map((row) => {
    const pace = next.get(row.host);
    const startInMs = pace?.at ?? 0;
    if (pace) pace.at += pace.step;
    return {
      url: row.url,
      urlKey: row.url_key,
      host: row.host,
      depth: row.depth,
      attempt: row.attempt,
      isSeed: row.is_seed,
      redirectHops: row.redirect_hops ?? [],
      startInMs,
    };
  });
}
