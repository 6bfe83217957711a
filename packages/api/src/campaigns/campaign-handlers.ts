import { assertCampaignExists, deleteCampaign, listCampaigns, listSeeds, readCampaign } from '@outrider/db';
import type { Handlers } from '../app/route-request.js';
import { addSeeds } from './add-seeds.js';
import { campaignReply } from './campaign-reply.js';
import { createCampaign } from './create-campaign.js';
import { hideSecrets } from './hide-secrets.js';
import { removeSeeds } from './remove-seeds.js';
import { updateCampaign } from './update-campaign.js';

/** Campaigns and their seeds. */
export const campaignHandlers = {
  listCampaigns: (request) => {
    const { limit, status, nameContains } = request.query;
    return request.readList(async (tx, after) => {
      const slice = await listCampaigns(tx, { limit, after, status, nameContains });
      return { ...slice, items: slice.items.map((campaign) => hideSecrets(request.caller, campaign)) };
    });
  },
  createCampaign,
  getCampaign: async (request) => {
    const campaign = await request.read((tx) => readCampaign(tx, request.params.id));
    return campaignReply(hideSecrets(request.caller, campaign));
  },
  updateCampaign,
  deleteCampaign: (request) =>
    request.write(async (tx) => {
      const { id } = request.params;
      const { name, seedCount, metrics } = await readCampaign(tx, id);
      await deleteCampaign(tx, id);
      const before = { name, seedCount, executionsTotal: metrics.executionsTotal };
      return {
        reply: { body: null },
        audit: { action: 'campaign.delete', subjectType: 'campaign', subjectId: id, before },
      };
    }),
  listSeeds: (request) => {
    const { limit, urlContains } = request.query;
    const campaignId = request.params.id;
    return request.readList(async (tx, after) => {
      await assertCampaignExists(tx, campaignId);
      return listSeeds(tx, { campaignId, limit, after, urlContains });
    });
  },
  addSeeds,
  removeSeeds,
} as const satisfies Partial<Handlers>;
