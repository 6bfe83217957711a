import { appendEvent, deleteCampaign, readCampaign, removeCampaign } from '@outrider/db';
import type { Handler } from '../app/route-request.js';

/** Deletes a campaign: out of sight for a day, or removed at once when that is asked for. */
export const dropCampaign: Handler<'deleteCampaign'> = (request) =>
  request.write(async (tx) => {
    const { id } = request.params;
    const { forGood = false } = request.query;
    const { tenantId } = request.caller;
    const { name, seedCount, metrics } = await readCampaign(tx, id);
    if (forGood) await removeCampaign(tx, id);
    else {
      await deleteCampaign(tx, id);
      await appendEvent(tx, {
        ...{ tenantId, campaignId: id, executionId: null },
        ...{ type: 'campaign.deleted', payload: { name } },
      });
    }
    const before = { name, seedCount, executionsTotal: metrics.executionsTotal };
    return {
      reply: { body: null },
      audit: {
        action: 'campaign.delete',
        subjectType: 'campaign',
        subjectId: id,
        before,
        detail: { forGood },
      },
    };
  });
