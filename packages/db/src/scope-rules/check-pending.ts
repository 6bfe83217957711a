import { createUrlScope, type ScopeConfig, type UrlScope } from '@outrider/shared';
import { columnLiteral } from '../connect/array-literal.js';
import type { Tx } from '../connect/database.js';
import { toStorableText } from '../connect/storable-text.js';
import { appendEvent } from '../events/append-event.js';
import { lockLog } from '../records/lock-log.js';
import { markSkipped, type SkippedUrl } from '../records/mark-skipped.js';

/** An execution with pending URLs that were not held against its new rules yet. */
export interface UncheckedExecution {
  readonly executionId: string;
  readonly tenantId: string;
}

export interface CheckedBatch {
  readonly checked: number;
  readonly skipped: number;
  /** Nothing is left to check. */
  readonly isDone: boolean;
}

interface Standing {
  tenant_id: string;
  campaign_id: string;
  scope: ScopeConfig;
  scope_revision: number;
  scope_version: number;
  scope_cursor: string;
  scope_skipped: number;
}

/** Executions whose rules have changed, oldest first. */
export async function listUnchecked(tx: Tx, limit: number): Promise<UncheckedExecution[]> {
  return tx.sql<UncheckedExecution[]>`
    select id as "executionId", tenant_id as "tenantId" from campaign_executions
    where scope_cursor is not null and completed_at is null order by id limit ${limit}`;
}

/**
 * Holds the next `size` pending URLs of an execution, by key, against its rules, and settles those that they
 * stop as skipped, in the frontier and in the discovery log. The patterns are matched here, as lanes match
 * them: PostgreSQL's patterns are not RE2. What a lane has claimed meanwhile, the lane holds against them.
 * What is pending is read and matched before anything is locked, so that lanes wait for the writing alone. Then
 * locks the execution, its first lane and the URLs, for one batch at a time.
 */
export async function checkPending(tx: Tx, executionId: string, size: number): Promise<CheckedBatch> {
  const standing = await readStanding(tx, executionId);
  if (standing === null) return { checked: 0, skipped: 0, isDone: true };
  const pending = await tx.sql<{ url: string; url_key: string }[]>`
    select url, url_key from crawl_targets
    where execution_id = ${executionId} and url_key > ${standing.scope_cursor} and state = 'pending'
    order by url_key limit ${size}`;
  const rules = createUrlScope({ ...standing.scope, within: 'any' }, [], []);
  const stopped = pending.flatMap(({ url, url_key }) => stopOf(rules, url, url_key));
  // Another orchestrator was faster, or the rules have changed again: what was matched here is of no use.
  if (!(await lockUnchanged(tx, executionId, standing))) return { checked: 0, skipped: 0, isDone: false };
  const skipped = await skip(tx, executionId, stopped);
  const isDone = pending.length < size;
  const cursor = isDone ? null : (pending.at(-1)?.url_key ?? null);
  await tx.sql`
    update campaign_executions set scope_cursor = ${cursor}::uuid, scope_skipped = scope_skipped + ${skipped}
    where id = ${executionId}`;
  if (isDone) {
    await appendEvent(tx, {
      ...{ tenantId: standing.tenant_id, campaignId: standing.campaign_id, executionId },
      type: 'scope.rules_applied',
      payload: { revision: standing.scope_revision, skipped: standing.scope_skipped + skipped },
    });
  }
  return { checked: pending.length, skipped, isDone };
}

async function readStanding(tx: Tx, executionId: string): Promise<Standing | null> {
  const [standing] = await tx.sql<Standing[]>`
    select tenant_id, campaign_id, config -> 'scope' as scope, scope_revision, scope_version, scope_cursor, scope_skipped
    from campaign_executions
    where id = ${executionId} and completed_at is null and scope_cursor is not null`;
  return standing ?? null;
}

async function lockUnchanged(tx: Tx, executionId: string, standing: Standing): Promise<boolean> {
  const unchanged = await tx.sql`
    select 1 from campaign_executions
    where id = ${executionId} and completed_at is null and scope_version = ${standing.scope_version}
      and scope_cursor = ${standing.scope_cursor} for no key update`;
  if (unchanged.length === 0) return false;
  await tx.sql`
    select 1 from execution_lanes where execution_id = ${executionId} order by lane_number limit 1 for update`;
  return true;
}

function stopOf(rules: UrlScope, url: string, urlKey: string): SkippedUrl[] {
  const verdict = rules.decide(url, 0);
  return verdict.crawl ? [] : [{ urlKey, reason: 'excluded_pattern', rule: toStorableText(verdict.rule) }];
}

async function skip(tx: Tx, executionId: string, stopped: readonly SkippedUrl[]): Promise<number> {
  if (stopped.length === 0) return 0;
  await lockLog(
    tx,
    executionId,
    stopped.map(({ urlKey }) => urlKey),
  );
  const settled = await tx.sql<{ url_key: string }[]>`
    insert into crawl_targets as target (execution_id, tenant_id, url_key, url, host, depth)
    select execution_id, tenant_id, url_key, url, host, depth
    from unnest(${columnLiteral(stopped, ({ urlKey }) => urlKey)}::uuid[]) as stopped cross join lateral (
      select * from crawl_targets where execution_id = ${executionId} and url_key = stopped limit 1
    ) waiting where state = 'pending'
    order by url_key
    on conflict (execution_id, url_key) do update set state = 'skipped', settled_at = clock_timestamp()
    where target.state = 'pending'
    returning url_key`;
  if (settled.count === 0) return 0;
  const keys = new Set(settled.map(({ url_key: key }) => key));
  await markSkipped(
    tx,
    executionId,
    stopped.filter(({ urlKey }) => keys.has(urlKey)),
  );
  await tx.sql`
    update execution_lanes set skipped = skipped + ${settled.count}
    where id = (select id from execution_lanes where execution_id = ${executionId} order by lane_number limit 1)`;
  return settled.count;
}
