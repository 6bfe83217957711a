import { isTerminal } from '@outrider/shared';
import { CliError } from '../program/cli-error.js';
import type { ApiClient } from './api-client.js';
import { ApiProblem } from './api-problem.js';
import { findCampaign, isId } from './find-campaign.js';

/** An execution, as far as commands need to know it. */
export interface FoundExecution {
  readonly id: string;
  readonly campaignId: string;
  readonly number: number;
  readonly hasEnded: boolean;
}

/**
 * The execution of an id, or the last one of a campaign named by id or exact name: the ids of the two are never the same.
 * Throws CliError when there is none.
 */
export async function findExecution(client: ApiClient, reference: string): Promise<FoundExecution> {
  if (isId(reference)) {
    try {
      const { id, campaignId, number, status } = await client.call('getExecution', {
        params: { id: reference },
      });
      return { id, campaignId, number, hasEnded: isTerminal(status) };
    } catch (error) {
      if (!(error instanceof ApiProblem && error.status === 404)) throw error;
    }
  }
  const { id: campaignId, name, lastExecution } = await findCampaign(client, reference);
  if (lastExecution === null) throw new CliError('not_found', `The campaign "${name}" has not run yet.`);
  const { id, number, status } = lastExecution;
  return { id, campaignId, number, hasEnded: isTerminal(status) };
}
