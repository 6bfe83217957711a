import { ERRORS } from '@outrider/shared';
import type { ApiClient, ApiResponse } from '../client/api-client.js';
import { inParts, isSendable } from './in-parts.js';

/** What became of seeds that were sent: `index` of a problem counts all of them, from 0. */
export type AddedSeeds = ApiResponse<'addSeeds'>;

/** As much of a refused seed as the API repeats, in characters. */
const SHOWN_INPUT = 200;

/** Adds any number of seeds to a campaign, in as many requests as that takes; one that none may carry is refused here. */
export async function addSeeds(
  client: ApiClient,
  campaignId: string,
  seeds: readonly string[],
): Promise<AddedSeeds> {
  const total = refuseUnsendable(seeds);
  const places = [...seeds.keys()].filter((at) => isSendable(seeds[at] ?? ''));
  let sent = 0;
  for (const part of inParts(seeds.filter(isSendable))) {
    const result = await client.call('addSeeds', { params: { id: campaignId }, body: { seeds: part } });
    total.accepted += result.accepted;
    total.duplicate += result.duplicate;
    total.invalid += result.invalid;
    for (const one of result.problems) {
      const at = one.index + sent;
      total.problems.push({ ...one, index: places[at] ?? at });
    }
    sent += part.length;
  }
  total.problems.sort((one, other) => one.index - other.index);
  return total;
}

function refuseUnsendable(seeds: readonly string[]): AddedSeeds {
  const problems = [...seeds.entries()]
    .filter(([, seed]) => !isSendable(seed))
    .map(([index, seed]) => ({
      index,
      input: seed.slice(0, SHOWN_INPUT),
      code: 'url_too_long',
      message: ERRORS.url_too_long.title,
    }));
  return { accepted: 0, duplicate: 0, invalid: problems.length, problems };
}
