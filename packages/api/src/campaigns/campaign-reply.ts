import type { Campaign } from '@outrider/shared';
import type { Reply } from '../app/route-request.js';

/** A campaign as an answer; its ETag is what `If-Match` wants back. */
export function campaignReply(campaign: Campaign): Reply<Campaign> {
  return { body: campaign, headers: { ETag: `"${campaign.configRevision}"` } };
}
