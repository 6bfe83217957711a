import { appendEvent, deleteCampaign, deleteCampaignForGood, readCampaign } from '@outrider/db';
import type { Handler } from '../app/route-request.js';

/** Deletes a campaign: out of sight for a day, or, when that is asked for, for good: also one that was deleted before. */
export const dropCampaign: Handler<'deleteCampaign'> = (request) =>
  request.write(async (tx) => {
    const { id } = request.params;
    const { forGood = false } = request.query;
    const { tenantId } = request.caller;
    await (forGood ? deleteCampaignForGood(tx, id) : deleteCampaign(tx, id));
    const { name, seedCount, metrics } = await readCampaign(tx, id);
    if (!forGood) {
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
