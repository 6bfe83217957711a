import type { Campaign } from '@outrider/shared';
import type { ApiClient } from '../client/api-client.js';
import { listCampaignsNamed } from '../client/find-campaign.js';
import { CliError } from '../program/cli-error.js';
import { isAsWanted, type WantedCampaign } from './wanted-campaign.js';

/**
 * The campaign that a crawl runs: the one of this name with the wanted configuration, or a new one.
 * Throws CliError when the name belongs to a campaign with other seeds, which a crawl must not change.
 */
export async function ensureCampaign(client: ApiClient, wanted: WantedCampaign): Promise<Campaign> {
  const named = await listCampaignsNamed(client, wanted.name);
  if (named.length === 0) {
    const { name, seed, config } = wanted;
    return client.call('createCampaign', { body: { name, seeds: [seed], ...config } });
  }
  for (const campaign of named) {
    if (await hasOnlySeed(client, campaign, wanted.seed)) return bringUpToDate(client, campaign, wanted);
  }
  throw new CliError(
    'usage',
    `The campaign "${wanted.name}" has other seeds. Choose another --name, or start it with \`outrider start\`.`,
  );
}

async function hasOnlySeed(client: ApiClient, campaign: Campaign, seed: string): Promise<boolean> {
  if (campaign.seedCount !== 1) return false;
  const { items } = await client.call('listSeeds', { params: { id: campaign.id }, query: { limit: 1 } });
  return items[0]?.url === seed;
}

async function bringUpToDate(
  client: ApiClient,
  campaign: Campaign,
  wanted: WantedCampaign,
): Promise<Campaign> {
  if (campaign.status === 'active' && isAsWanted(campaign, wanted.config)) return campaign;
  return client.call('updateCampaign', {
    params: { id: campaign.id },
    body: { status: 'active', ...wanted.config },
  });
}
