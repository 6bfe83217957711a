import type { ApiClient, ApiResponse } from '../client/api-client.js';
import { inParts } from './in-parts.js';

/** What became of seeds that were sent: `index` of a problem counts all of them, from 0. */
export type AddedSeeds = ApiResponse<'addSeeds'>;

/** Adds any number of seeds to a campaign, in as many requests as that takes. */
export async function addSeeds(
  client: ApiClient,
  campaignId: string,
  seeds: readonly string[],
): Promise<AddedSeeds> {
  const total: AddedSeeds = { accepted: 0, duplicate: 0, invalid: 0, problems: [] };
  let sent = 0;
  for (const part of inParts(seeds)) {
    const result = await client.call('addSeeds', { params: { id: campaignId }, body: { seeds: part } });
    total.accepted += result.accepted;
    total.duplicate += result.duplicate;
    total.invalid += result.invalid;
    total.problems.push(...result.problems.map((one) => ({ ...one, index: one.index + sent })));
    sent += part.length;
  }
  return total;
}
