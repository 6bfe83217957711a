import { insertSeeds, lockCampaignForEdit, readCampaign } from '@outrider/db';
import { CAMPAIGN_LIMITS } from '@outrider/shared';
import type { Handler } from '../app/route-request.js';

import { createSeedJudge } from './judge-seed.js';
import { sortSeeds } from './sort-seeds.js';

/**
 * Adds the seeds that can be crawled, and says of each other one why not. The body is read before the
 * transaction begins, so that a slow sender holds no connection to the database.
 */
export const addSeeds: Handler<'addSeeds'> = async (request) => {
  const { id: campaignId } = request.params;
  const { tenantId } = request.caller;
  const { config } = await request.read((tx) => readCampaign(tx, campaignId));
  const judge = createSeedJudge(config.scope, request.services.addressPolicy);
  const sorted = await sortSeeds(
    request.importedRows ?? request.body.seeds,
    judge,
    CAMPAIGN_LIMITS.seedsPerRequest,
  );
  const source = request.importedRows === null ? 'manual' : 'import';
  return request.write(async (tx) => {
    await lockCampaignForEdit(tx, campaignId);
    const accepted = await insertSeeds(tx, { tenantId, campaignId }, sorted.urls, source);
    const { invalid, problems } = sorted;
    const duplicate = sorted.duplicate + sorted.urls.length - accepted;
    return {
      reply: { body: { accepted, duplicate, invalid, problems: [...problems] } },
      audit: {
        action: 'seeds.add',
        subjectType: 'campaign',
        subjectId: campaignId,
        detail: { accepted, duplicate, invalid },
      },
    };
  });
};
