import { deleteSeeds, lockCampaignForEdit } from '@outrider/db';
import { normalizeUrl } from '@outrider/shared';
import type { Handler } from '../app/route-request.js';

/** Removes the seeds that are named, in any spelling of theirs; what is no seed is passed over. */
export const removeSeeds: Handler<'removeSeeds'> = async (request) => {
  const { id: campaignId } = request.params;
  const urls = request.body.seeds.flatMap((raw) => {
    const normalized = normalizeUrl(raw);
    return normalized.ok ? [normalized.url] : [];
  });
  return request.write(async (tx) => {
    await lockCampaignForEdit(tx, campaignId);
    const removed = await deleteSeeds(tx, campaignId, urls);
    return {
      reply: { body: { removed } },
      audit: { action: 'seeds.remove', subjectType: 'campaign', subjectId: campaignId, detail: { removed } },
    };
  });
};
