import {
  assertCampaignExists,
  listCampaigns,
  listDeletedCampaigns,
  listSeeds,
  readCampaign,
  readCampaignActivities,
} from '@outrider/db';
import type { Handlers } from '../app/route-request.js';
import { addSeeds } from './add-seeds.js';
import { bringBackCampaign } from './bring-back-campaign.js';
import { campaignReply } from './campaign-reply.js';
import { createCampaign } from './create-campaign.js';
import { dropCampaign } from './drop-campaign.js';
import { hideSecrets } from './hide-secrets.js';
import { removeSeeds } from './remove-seeds.js';
import { updateCampaign } from './update-campaign.js';

/** Campaigns and their seeds. */
export const campaignHandlers = {
  listCampaigns: (request) => {
    const { limit, status, nameContains, include } = request.query;
    return request.readList(async (tx, after) => {
      const { items, next } = await listCampaigns(tx, { limit, after, status, nameContains });
      const ids = items.map(({ id }) => id);
      const activityOf = include === undefined ? () => null : await readCampaignActivities(tx, ids);
      const shown = items.map((campaign) => ({
        ...hideSecrets(request.caller, campaign),
        activity: activityOf(campaign.id),
      }));
      return { items: shown, next };
    });
  },
  createCampaign,
  getCampaign: async (request) => {
    const campaign = await request.read((tx) => readCampaign(tx, request.params.id));
    return campaignReply(hideSecrets(request.caller, campaign));
  },
  updateCampaign,
  deleteCampaign: dropCampaign,
  restoreCampaign: bringBackCampaign,
  listDeletedCampaigns: (request) => {
    const { limit } = request.query;
    return request.readList((tx, after) => listDeletedCampaigns(tx, { limit, after }));
  },
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
