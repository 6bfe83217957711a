import { type BackOffCause, type DelayCause, type HostStatus, OutriderError } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { isoTime } from '../times/iso-time.js';
import { slowedDown } from './response-times.js';

interface HostRow {
  host: string;
  lanes: HostStatus['lanes'] | null;
  freeze_reason: string | null;
  frozen_at: Date | null;
  frozen_until: Date | null;
  backoff_until: Date | null;
  backoff_cause: BackOffCause | null;
  backoff_reason: string | null;
  baseline_ms: number | null;
  response_ms: number | null;
  slow_level: number;
  host_limit: number | null;
  delay_ms: number;
  delay_cause: DelayCause | null;
}

/**
 * Hosts that lanes of the caller's tenant are on, or that it has frozen, by name. Of others' lanes only the pace
 * shows, and that only where the tenant has a lane too: by freezing a host nobody learns whether others crawl it.
 */
export async function listHosts(
  tx: Tx,
  { limit, after }: { readonly limit: number; readonly after: Place | null },
): Promise<Slice<HostStatus>> {
  const rows = await readHosts(tx, { after: String(after?.[0] ?? ''), only: null, limit: limit + 1 });
  return sliceOf(rows, limit, present, (row) => [row.host]);
}

/** Throws `not_found` for a host that the tenant neither crawls nor has frozen. */
export async function readHost(tx: Tx, host: string): Promise<HostStatus> {
  const [row] = await readHosts(tx, { after: '', only: host, limit: 1 });
  if (row === undefined) {
    throw new OutriderError('not_found', 'None of your campaigns is on this host, and it is not frozen.');
  }
  return present(row);
}

/** Row-level security leaves of the lanes and freezes the tenant's own. */
function readHosts(
  tx: Tx,
  { after, only, limit }: { readonly after: string; readonly only: string | null; readonly limit: number },
): Promise<HostRow[]> {
  return tx.sql<HostRow[]>`
    with mine as (
      select permit.host, jsonb_agg(jsonb_build_object('campaignId', lane.campaign_id, 'campaignName', campaign.name,
          'executionId', lane.execution_id, 'laneId', lane.id, 'laneNumber', lane.lane_number, 'permits', permit.permits,
          'maxConcurrency', permit.host_limit, 'delayMs', permit.delay_ms) order by lane.id) as lanes
      from host_permits permit
      join execution_lanes lane on lane.id = permit.lane_id
      join crawler_campaigns campaign on campaign.id = lane.campaign_id
      where permit.lease_until > now() and permit.host > ${after} and permit.host = coalesce(${only}, permit.host)
      group by permit.host
    ), frozen as (
      select host, reason, frozen_at, until from host_freezes
      where (until is null or until > now()) and host > ${after} and host = coalesce(${only}, host)
    )
    select coalesce(mine.host, frozen.host) as host, mine.lanes, frozen.reason as freeze_reason, frozen.frozen_at, frozen.until as frozen_until,
      case when backoff_until > now() then backoff_until end as backoff_until, backoff_cause, backoff_reason,
      baseline_ms, response_ms, coalesce(slow_level, 0) as slow_level,
      everybody.host_limit, coalesce(everybody.delay_ms, 0) as delay_ms, everybody.delay_cause
    from mine full join frozen using (host) left join crawl_hosts on crawl_hosts.host = mine.host
    left join lateral (
      select min(host_limit) as host_limit, max(delay_ms) as delay_ms,
        (array_agg(delay_cause order by delay_ms desc))[1] as delay_cause
      from host_permits permit where permit.host = mine.host and lease_until > now()
    ) everybody on true
    order by host limit ${limit}`;
}

function present(row: HostRow): HostStatus {
  const lanes = row.lanes ?? [];
  const slowed = slowedDown(row.host_limit ?? 1, { slowLevel: row.slow_level, responseMs: row.response_ms });
  const freeze =
    row.frozen_at === null || row.freeze_reason === null
      ? null
      : { reason: row.freeze_reason, frozenAt: isoTime(row.frozen_at), until: timeOf(row.frozen_until) };
  return {
    host: row.host,
    lanes,
    permitsInUse: lanes.reduce((sum, lane) => sum + lane.permits, 0),
    limit: lanes.length === 0 ? null : slowed.limit,
    paceMs: Math.max(row.delay_ms, slowed.delayMs),
    ...causeOf(row, freeze, slowed.delayMs),
    freeze,
    responseMs: row.response_ms,
    baselineMs: row.baseline_ms,
  };
}

/** What a person would have to change first. */
function causeOf(
  row: HostRow,
  freeze: HostStatus['freeze'],
  slowDelayMs: number,
): Pick<HostStatus, 'cause' | 'until' | 'reason'> {
  if (freeze !== null) return { cause: 'frozen', until: freeze.until, reason: freeze.reason };
  if (row.backoff_until !== null) {
    const cause = row.backoff_cause ?? 'back_off';
    return { cause, until: isoTime(row.backoff_until), reason: row.backoff_reason };
  }
  const nothing = { until: null, reason: null };
  if (row.slow_level > 0 && slowDelayMs >= row.delay_ms) {
    const times = [row.response_ms, row.baseline_ms].map((ms) => Math.round(ms ?? 0));
    return {
      cause: 'slow_down',
      until: null,
      reason: `it takes ${times[0]} ms to answer, and took ${times[1]} ms`,
    };
  }
  return { cause: row.delay_ms === 0 ? 'unpaced' : (row.delay_cause ?? 'campaign_delay'), ...nothing };
}

function timeOf(moment: Date | null): string | null {
  return moment === null ? null : isoTime(moment);
}
