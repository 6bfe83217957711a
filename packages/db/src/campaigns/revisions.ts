import { type ConfigRevision, campaignConfig, OutriderError } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { isoTime } from '../times/iso-time.js';

interface RevisionRow {
  campaign_id: string;
  revision: number;
  config: unknown;
  created_by: string | null;
  created_by_name: string | null;
  created_at: Date;
}

/** A revoked key keeps its row, and so its name. */
function revisionColumns(tx: Tx) {
  return tx.sql`
    campaign_id, revision, config, created_by, created_at,
      (select name from api_keys where id = campaign_config_revisions.created_by) as created_by_name
    from campaign_config_revisions`;
}

/** The configurations a campaign has had, newest first. */
export async function listRevisions(
  tx: Tx,
  filter: { readonly campaignId: string; readonly limit: number; readonly after: Place | null },
): Promise<Slice<ConfigRevision>> {
  const { campaignId, limit, after } = filter;
  const rows = await tx.sql<RevisionRow[]>`
    select ${revisionColumns(tx)}
    where campaign_id = ${campaignId}
      ${after === null ? tx.sql`` : tx.sql`and revision < ${Number(after[0])}`}
    order by revision desc limit ${limit + 1}`;
  return sliceOf(rows, limit, toRevision, (row) => [row.revision]);
}

/** One configuration of a campaign. Throws `not_found`. */
export async function readRevision(tx: Tx, campaignId: string, revision: number): Promise<ConfigRevision> {
  const [row] = await tx.sql<RevisionRow[]>`
    select ${revisionColumns(tx)}
    where campaign_id = ${campaignId} and revision = ${revision}`;
  if (row === undefined) throw new OutriderError('not_found', `The campaign has no revision ${revision}.`);
  return toRevision(row);
}

function toRevision(row: RevisionRow): ConfigRevision {
  return {
    campaignId: row.campaign_id,
    revision: row.revision,
    createdAt: isoTime(row.created_at),
    createdBy: row.created_by,
    createdByName: row.created_by_name,
    config: campaignConfig.parse(row.config),
  };
}
