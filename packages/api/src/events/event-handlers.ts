import { assertCampaignExists, listEvents } from '@outrider/db';
import type { Handlers } from '../app/route-request.js';

/** What happened in a campaign, in order. */
export const eventHandlers = {
  listEvents: async (request) => {
    const campaignId = request.params.id;
    return {
      body: await request.read(async (tx) => {
        await assertCampaignExists(tx, campaignId);
        return listEvents(tx, { campaignId, ...request.query });
      }),
    };
  },
} as const satisfies Partial<Handlers>;
