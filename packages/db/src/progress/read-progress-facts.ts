import type { CampaignConfig, PacedHost, ProgressFacts, SampledTarget } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { readExecution } from '../executions/read-execution.js';
import { secondsWithoutWorker } from '../executions/seconds-without-worker.js';
import { isoTime } from '../times/iso-time.js';

/** URLs of the frontier that are looked at: rates and slopes come out within some percent, in tens of milliseconds. */
const SAMPLE = 3_000;
/** Hosts whose pace is looked up, those with most open URLs first. */
const HOSTS = 64;

interface StandingRow {
  now: Date;
  scope: CampaignConfig['scope'];
  delay_ms: number;
  idle_seconds: number;
  wire_bytes: number;
  open_sitemaps: boolean;
  previous_total: number | null;
}

/**
 * Reads what an estimate of an execution's end rests on, at a cost that does not grow with the execution: its counters, a
 * random part of its frontier (keys are hashes), and the paces of its hosts. Throws `not_found`.
 */
export async function readProgressFacts(tx: Tx, executionId: string): Promise<ProgressFacts> {
  const execution = await readExecution(tx, executionId);
  const standing = await readStanding(tx, executionId);
  const { coverage, durationSeconds, pausedSeconds, waitedSeconds } = execution;
  const activeSeconds = Math.max(0, (durationSeconds ?? 0) - pausedSeconds - waitedSeconds);
  const sample = await readSample(tx, executionId, activeSeconds + standing.idle_seconds);
  const { maxPages, maxDurationSeconds, maxBytes } = standing.scope;
  return {
    executionId,
    status: execution.status,
    waitingReason: execution.waitingReason,
    asOf: isoTime(standing.now),
    activeSeconds,
    done: coverage.fetched + coverage.failed,
    fetched: coverage.fetched,
    pending: Math.max(0, coverage.pending),
    wireBytes: standing.wire_bytes,
    hasOpenSitemaps: standing.open_sitemaps,
    limits: { maxPages, maxDurationSeconds, maxBytes },
    sample,
    hosts: await readPaces(tx, executionId, busiestHosts(sample), standing.delay_ms),
    previousTotal: standing.previous_total,
  };
}

/** A previous execution tells something of this one when it crawled the same to its natural end. */
async function readStanding(tx: Tx, executionId: string): Promise<StandingRow> {
  const [row] = await tx.sql<StandingRow[]>`
    select clock_timestamp() as now, execution.config -> 'scope' as scope,
      coalesce((execution.config #>> '{politeness,delayMs}')::float8, 0) as delay_ms,
      coalesce(extract(epoch from clock_timestamp() - execution.paused_at)::float8, 0)
        + case when execution.status in ('running', 'pausing') then ${secondsWithoutWorker(tx)} else 0 end as idle_seconds,
      (select coalesce(sum(wire_bytes), 0)::float8 from execution_lanes where execution_id = execution.id) as wire_bytes,
      exists (select from execution_sitemaps where execution_id = execution.id and state in ('pending', 'reading')) as open_sitemaps,
      (earlier.result_summary #>> '{receipt,fetched}')::float8 + (earlier.result_summary #>> '{receipt,failed}')::float8
        as previous_total
    from campaign_executions execution
    left join campaign_executions earlier on earlier.id = execution.previous_execution_id
      and earlier.end_reason = 'frontier_exhausted' and earlier.config -> 'mode' = execution.config -> 'mode'
      and earlier.config -> 'scope' = execution.config -> 'scope'
    where execution.id = ${executionId}`;
  if (row === undefined) throw new Error(`execution ${executionId} is gone`);
  return row;
}

/** Each line of the log is looked up by its key: a join would read all of it. */
async function readSample(tx: Tx, executionId: string, nowSeconds: number): Promise<SampledTarget[]> {
  const rows = await tx.sql<
    { host: string; state: string; found_ago: number | null; settled_ago: number | null }[]
  >`
    with sample as materialized (
      select url_key, host, state, settled_at from crawl_targets
      where execution_id = ${executionId} order by url_key limit ${SAMPLE}
    )
    select host, state, extract(epoch from clock_timestamp() - settled_at)::float8 as settled_ago,
      extract(epoch from clock_timestamp() - (
        select discovered_at from url_discovery_log log
        where log.execution_id = ${executionId} and log.url_hash = sample.url_key))::float8 as found_ago
    from sample`;
  const at = (ago: number): number => Math.max(0, nowSeconds - ago);
  return rows.map(({ host, state, found_ago: found, settled_ago: settled }) => ({
    host,
    foundAt: at(found ?? nowSeconds),
    settledAt: settled === null ? null : at(settled),
    isSkipped: state === 'skipped',
  }));
}

function busiestHosts(sample: readonly SampledTarget[]): string[] {
  const open = new Map<string, number>();
  for (const { host, settledAt } of sample) {
    if (settledAt === null) open.set(host, (open.get(host) ?? 0) + 1);
  }
  return [...open]
    .sort(([, a], [, b]) => b - a)
    .slice(0, HOSTS)
    .map(([host]) => host);
}

/** The pace that lanes have agreed on, or, where none of this execution's is on the host, what its campaign wants. */
async function readPaces(
  tx: Tx,
  executionId: string,
  hosts: readonly string[],
  campaignDelayMs: number,
): Promise<PacedHost[]> {
  if (hosts.length === 0) return [];
  return tx.sql<PacedHost[]>`
    select asked.host, greatest(coalesce(permit.delay_ms, 0), ${campaignDelayMs})::float8 as "delayMs",
      least(86400000, greatest(0, coalesce(extract(epoch from
        nullif(known.backoff_until, '-infinity') - clock_timestamp()) * 1000, 0)))::float8 as "startInMs"
    from unnest(${[...hosts]}::text[]) as asked (host)
    left join crawl_hosts known on known.host = asked.host
    left join lateral (
      select max(greatest(delay_ms, pace_ms)) as delay_ms from host_permits
      where host_permits.host = asked.host and lease_until > now()
        and lane_id in (select id from execution_lanes where execution_id = ${executionId})
    ) permit on true`;
}
