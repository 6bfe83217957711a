import type { CampaignConfig } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** A campaign about to be created. */
export interface NewCampaign {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly config: CampaignConfig;
  /** The API key that creates it. */
  readonly createdBy: string;
}

/** Inserts a campaign with the first revision of its configuration, and its counters at zero. */
export async function insertCampaign(tx: Tx, campaign: NewCampaign): Promise<void> {
  const { id, tenantId, name, createdBy } = campaign;
  const config = JSON.stringify(campaign.config);
  await tx.sql`
    insert into crawler_campaigns (id, tenant_id, name, config)
    values (${id}, ${tenantId}, ${name}, ${config}::text::jsonb)`;
  await tx.sql`
    insert into campaign_config_revisions (campaign_id, revision, tenant_id, config, created_by)
    values (${id}, 1, ${tenantId}, ${config}::text::jsonb, ${createdBy})`;
  await tx.sql`insert into campaign_metrics (campaign_id, tenant_id) values (${id}, ${tenantId})`;
}
