import { OutriderError } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { appendEvent } from '../events/append-event.js';

export interface HostFreeze {
  readonly host: string;
  readonly reason: string;
  /** ISO 8601; null until it is released. */
  readonly until: string | null;
}

/**
 * Keeps a tenant's lanes away from a host; they obey with their next claim, a second later at most. A host
 * that is frozen already gets the new reason and end. Throws `validation_failed` for an end that has passed.
 */
export async function freezeHost(
  tx: Tx,
  tenantId: string,
  { host, reason, until }: HostFreeze,
): Promise<void> {
  const rows = await tx.sql`
    insert into host_freezes (tenant_id, host, reason, until)
    select ${tenantId}, ${host}, ${reason}, ${until}::timestamptz
    where ${until}::timestamptz is null or ${until}::timestamptz > now()
    on conflict (tenant_id, host) do update
      set reason = excluded.reason, until = excluded.until, frozen_at = now()
    returning 1`;
  if (rows.length === 0)
    throw new OutriderError('validation_failed', 'The freeze would be over already: until has passed.');
  await tellCampaigns(tx, tenantId, host, 'host.frozen', { host, reason, until });
}

/** Lets a tenant's lanes on a host again. Throws `not_found` when it is not frozen. */
export async function releaseHost(tx: Tx, tenantId: string, host: string): Promise<void> {
  const rows = await tx.sql<{ in_force: boolean }[]>`
    delete from host_freezes where host = ${host} returning until is null or until > now() as in_force`;
  if (rows[0]?.in_force !== true) throw new OutriderError('not_found', 'The host is not frozen.');
  await tellCampaigns(tx, tenantId, host, 'host.released', { host });
}

/** In the order of the campaigns' ids, so that two freezes at once cannot wait for each other's event numbers. */
async function tellCampaigns<T extends 'host.frozen' | 'host.released'>(
  tx: Tx,
  tenantId: string,
  host: string,
  type: T,
  payload: Parameters<typeof appendEvent<T>>[1]['payload'],
): Promise<void> {
  const lanes = await tx.sql<{ campaign_id: string; execution_id: string }[]>`
    select distinct lane.campaign_id, lane.execution_id
    from host_permits permit join execution_lanes lane on lane.id = permit.lane_id
    where permit.host = ${host} and permit.lease_until > now() order by 1, 2`;
  for (const { campaign_id: campaignId, execution_id: executionId } of lanes) {
    await appendEvent(tx, { tenantId, campaignId, executionId, type, payload });
  }
}
