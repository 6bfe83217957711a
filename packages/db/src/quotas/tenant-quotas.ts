import { OutriderError, type TenantQuotas } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { openPageDay, pagesFetchedToday } from './open-page-day.js';

/**
 * A condition on rows of campaign_executions: it takes a place of its tenant's quota. One that was paused after it
 * began does, since going on must neither have to wait nor exceed the quota; one that was paused before goes back to the
 * queue when it is resumed, and takes none.
 */
export function isStarted(tx: Tx) {
  return tx.sql`completed_at is null and status in ('running', 'pausing', 'paused', 'stopping') and started_at is not null`;
}

/** New limits of a tenant; what is not named stays, null is no limit. */
export interface QuotaChange {
  readonly maxRunningExecutions?: number | null | undefined;
  readonly maxPagesPerDay?: number | null | undefined;
}

/** The limits of a tenant and what it uses of them at the moment. Throws `not_found`. Needs the tenant's own transaction, or the system role. */
export async function readTenantQuotas(tx: Tx, tenantId: string): Promise<TenantQuotas> {
  const [row] = await tx.sql<TenantQuotas[]>`
    select tenant.id as "tenantId", tenant.name, quota.max_running_executions as "maxRunningExecutions",
      quota.max_pages_per_day as "maxPagesPerDay",
      (select count(*)::int from campaign_executions
        where tenant_id = tenant.id and ${isStarted(tx)}) as "runningExecutions",
      -- By the counters of its campaigns; what a quota has booked and is not set aside knows of removed campaigns as well.
      greatest(${pagesFetchedToday(tx, tenantId)}, today.pages - (
        select coalesce(sum(page_allowance + in_flight), 0) from execution_lanes lane
        where lane.tenant_id = tenant.id and lane.status = 'active' and lane.page_day = today.day))::float8 as "pagesToday"
    from tenants tenant
    left join tenant_quotas quota on quota.tenant_id = tenant.id
    left join tenant_page_days today
      on today.tenant_id = tenant.id and today.day = (clock_timestamp() at time zone 'UTC')::date
    where tenant.id = ${tenantId}`;
  if (row === undefined) throw new OutriderError('not_found', 'There is no such tenant.');
  return row;
}

/** Sets limits of a tenant. Throws `not_found`. Needs the system role: a tenant cannot raise its own. */
export async function setTenantQuotas(tx: Tx, tenantId: string, change: QuotaChange): Promise<TenantQuotas> {
  const { maxRunningExecutions, maxPagesPerDay } = change;
  const before = await readTenantQuotas(tx, tenantId);
  await tx.sql`insert into tenant_quotas (tenant_id) values (${tenantId}) on conflict (tenant_id) do nothing`;
  await tx.sql`
    update tenant_quotas set
      max_running_executions = case when ${maxRunningExecutions !== undefined}
        then ${maxRunningExecutions ?? null}::int else max_running_executions end,
      max_pages_per_day = case when ${maxPagesPerDay !== undefined}
        then ${maxPagesPerDay ?? null}::bigint else max_pages_per_day end
    where tenant_id = ${tenantId}`;
  if (before.maxPagesPerDay === null && typeof maxPagesPerDay === 'number') await openPageDay(tx, tenantId);
  return readTenantQuotas(tx, tenantId);
}

/**
 * Whether the tenant may run one more execution than now. Under a quota the tenant is locked until the
 * transaction ends, so that of two which start at once the second counts the first. What counts: see
 * `isStarted`.
 */
export async function mayRunOneMore(tx: Tx, tenantId: string): Promise<boolean> {
  const quotas = await tx.sql`
    select 1 from tenant_quotas where tenant_id = ${tenantId} and max_running_executions is not null`;
  if (quotas.length === 0) return true;
  await tx.sql`select 1 from tenants where id = ${tenantId} for no key update`;
  // A statement of its own: the one that waits for the lock counts as it was before.
  const [quota] = await tx.sql<{ has_room: boolean }[]>`
    select max_running_executions is null or max_running_executions > (
        select count(*) from campaign_executions
        where tenant_id = ${tenantId} and ${isStarted(tx)}) as has_room
    from tenant_quotas where tenant_id = ${tenantId}`;
  return quota?.has_room ?? true;
}
