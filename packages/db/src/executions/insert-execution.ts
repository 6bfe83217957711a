import { type CampaignConfig, type ExecutionType, newId } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { toStorableText } from '../connect/storable-text.js';

/** An execution about to be queued. */
export interface NewExecution {
  readonly executionId: string;
  readonly tenantId: string;
  readonly campaignId: string;
  readonly executionType: ExecutionType;
  readonly config: CampaignConfig;
  readonly configRevision: number;
  readonly scopeHosts: readonly string[];
  readonly seedsDiscovered: number;
  readonly seedsSkipped: number;
  readonly triggeredBy: string;
  readonly triggerReason: string | null;
  /** The execution that this one repeats. */
  readonly repeatsExecutionId?: string | null;
}

export interface QueuedExecution {
  /** 1 for the campaign's first execution. */
  readonly number: number;
  readonly laneIds: readonly string[];
}

/**
 * Inserts a queued execution with the campaign's next number, and its lanes. The campaign's row must be
 * locked (see `lockCampaign`), or two executions could ask for one number.
 */
export async function insertExecution(tx: Tx, execution: NewExecution): Promise<QueuedExecution> {
  const [row] = await tx.sql<{ number: number }[]>`
    with numbered as (
      update crawler_campaigns set last_execution_number = last_execution_number + 1
      where id = ${execution.campaignId} returning last_execution_number as number
    )
    insert into campaign_executions (id, tenant_id, campaign_id, number, execution_type, config, config_revision,
      lane_count, scope_hosts, seeds_discovered, seeds_skipped, triggered_by, trigger_reason, repeats_execution_id,
      previous_execution_id)
    select ${execution.executionId}, ${execution.tenantId}, ${execution.campaignId}, numbered.number,
      ${execution.executionType}, ${JSON.stringify(execution.config)}::text::jsonb, ${execution.configRevision},
      ${execution.config.lanes}, ${[...execution.scopeHosts]}::text[], ${execution.seedsDiscovered},
      ${execution.seedsSkipped}, ${toStorableText(execution.triggeredBy)},
      ${execution.triggerReason === null ? null : toStorableText(execution.triggerReason)},
      ${execution.repeatsExecutionId ?? null}::uuid,
      (select id from campaign_executions where campaign_id = ${execution.campaignId} order by number desc limit 1)
    from numbered
    returning number`;
  if (row === undefined) throw new Error(`campaign ${execution.campaignId} vanished while it was locked`);
  return { number: row.number, laneIds: await insertLanes(tx, execution) };
}

async function insertLanes(tx: Tx, execution: NewExecution): Promise<string[]> {
  const laneIds = Array.from({ length: execution.config.lanes }, () => newId());
  await tx.sql`
    insert into execution_lanes (id, tenant_id, execution_id, campaign_id, lane_number)
    select id, ${execution.tenantId}, ${execution.executionId}, ${execution.campaignId}, lane_number
    from unnest(${laneIds}::uuid[]) with ordinality as lane (id, lane_number)`;
  return laneIds;
}
