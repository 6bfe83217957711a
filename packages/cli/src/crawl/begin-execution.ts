import { type Campaign, type Execution, isTerminal } from '@outrider/shared';
import type { ApiClient } from '../client/api-client.js';
import { ApiProblem } from '../client/api-problem.js';
import { askPatiently, type Patience } from '../client/ask-patiently.js';
import { followExecution } from './follow-execution.js';

/**
 * Starts an execution of a campaign. One that has not ended (the run before this was killed, or somebody
 * else started it) is gone on with when it runs the same configuration; otherwise it is stopped first, and
 * what it gathered stays.
 */
export async function beginExecution(
  client: ApiClient,
  campaign: Campaign,
  note: (line: string) => void,
  patience: Patience,
): Promise<Execution> {
  for (;;) {
    const started = await askPatiently(() => start(client, campaign.id), patience);
    if (started !== null) return started;
    const live = await askPatiently(() => findLive(client, campaign.id), patience);
    if (live === null) continue;
    const label = `execution ${live.number} of this campaign, which has not ended`;
    if (live.configRevision === campaign.configRevision && live.status !== 'stopping') {
      note(`Going on with ${label}.`);
      return live;
    }
    if (live.status === 'stopping') note(`Waiting for the end of ${label} and is stopping.`);
    else {
      note(`Stopping ${label} and has other settings.`);
      await askPatiently(() => stopQuietly(client, live.id), patience);
    }
    await followExecution(client, live.id, { onState: () => undefined, patience });
  }
}

async function start(client: ApiClient, id: string): Promise<Execution | null> {
  try {
    return (await client.call('startCampaign', { params: { id }, body: { reason: 'outrider crawl' } }))
      .execution;
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'campaign_already_running') return null;
    throw error;
  }
}

async function findLive(client: ApiClient, id: string): Promise<Execution | null> {
  const { items } = await client.call('listExecutions', { params: { id }, query: { limit: 20 } });
  return items.find((execution) => !isTerminal(execution.status)) ?? null;
}

/** Asks an execution to stop; one that has ended meanwhile is what was wanted. */
export async function stopQuietly(client: ApiClient, id: string): Promise<void> {
  try {
    await client.call('stopExecution', { params: { id }, body: { reason: 'outrider crawl' } });
  } catch (error) {
    if (!(error instanceof ApiProblem && error.code === 'illegal_transition')) throw error;
  }
}
