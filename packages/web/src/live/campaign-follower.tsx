import { useCampaignEvents } from './use-campaign-events.js';

/** Follows a campaign on pages that show nothing of its activity: what its events touch is read again, and the page counts as looking. */
export function CampaignFollower({ campaignId }: { readonly campaignId: string }) {
  useCampaignEvents(campaignId);
  return null;
}
