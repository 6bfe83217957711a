import { appendEvent, readCampaign, restoreCampaign } from '@outrider/db';
import type { Handler } from '../app/route-request.js';
import { campaignReply } from './campaign-reply.js';

/** Undoes the deletion of a campaign. One that is there stays as it is. */
export const bringBackCampaign: Handler<'restoreCampaign'> = (request) =>
  request.write(async (tx) => {
    const { id } = request.params;
    const { tenantId } = request.caller;
    const wasDeleted = await restoreCampaign(tx, id);
    const campaign = await readCampaign(tx, id);
    if (wasDeleted) {
      await appendEvent(tx, {
        ...{ tenantId, campaignId: id, executionId: null },
        ...{ type: 'campaign.restored', payload: { name: campaign.name } },
      });
    }
    return {
      reply: campaignReply(campaign),
      audit: { action: 'campaign.restore', subjectType: 'campaign', subjectId: id, detail: { wasDeleted } },
    };
  });
