import { appendEvent, insertCampaign, insertSeeds, readCampaign } from '@outrider/db';
import { CAMPAIGN_LIMITS, campaignConfig, type ErrorCode, newId, OutriderError } from '@outrider/shared';
import type { Handler } from '../app/route-request.js';

import { campaignReply } from './campaign-reply.js';
import { createSeedJudge } from './judge-seed.js';
import { type SortedSeeds, sortSeeds } from './sort-seeds.js';

/** Creates a campaign with its seeds; one seed that cannot be crawled refuses them all. */
export const createCampaign: Handler<'createCampaign'> = async (request) => {
  const { name, seeds, ...rest } = request.body;
  const config = campaignConfig.parse(rest);
  const sorted = await sortSeeds(
    seeds,
    createSeedJudge(config.scope, request.services.addressPolicy),
    CAMPAIGN_LIMITS.seedsPerRequest,
  );
  refuseProblems(sorted);
  const { tenantId, keyId } = request.caller;
  const campaignId = newId();
  return request.write(async (tx) => {
    await insertCampaign(tx, { id: campaignId, tenantId, name, config, createdBy: keyId });
    await insertSeeds(tx, { tenantId, campaignId }, sorted.urls, 'manual');
    await appendEvent(tx, {
      tenantId,
      campaignId,
      executionId: null,
      type: 'campaign.created',
      payload: { name, configRevision: 1 },
    });
    return {
      reply: campaignReply(await readCampaign(tx, campaignId)),
      audit: {
        action: 'campaign.create',
        subjectType: 'campaign',
        subjectId: campaignId,
        after: { name, seeds: sorted.urls.length, mode: config.mode, renderer: config.renderer },
        detail: { name, seeds: sorted.urls.length },
      },
    };
  });
};

/** Throws the one problem that all refused seeds share, or `validation_failed` for several kinds. */
function refuseProblems({ invalid, problems }: SortedSeeds): void {
  const [first] = problems;
  if (first === undefined) return;
  const same = problems.every((problem) => problem.code === first.code);
  const fields = problems.map(({ index, code, message }) => ({ path: `seeds.${index}`, code, message }));
  const code: ErrorCode = same ? first.code : 'validation_failed';
  throw new OutriderError(code, `${invalid} of the seeds cannot be crawled: see fields.`, { fields });
}
