import {
  assertCampaignExists,
  findLastExecution,
  listDiscoveredUrls,
  readExecution,
  type Tx,
} from '@outrider/db';
import { OutriderError } from '@outrider/shared';
import type { Handlers } from '../app/route-request.js';

/** Every URL that came up, with the decision on it. */
export const discoveredHandlers = {
  listDiscoveredUrls: (request) => {
    const { cursor: _, executionId: named, ...filters } = request.query;
    const campaignId = request.params.id;
    return request.readList(async (tx, after) => {
      await assertCampaignExists(tx, campaignId);
      const executionId = named ?? placeOfExecution(after) ?? (await findLastExecution(tx, campaignId));
      if (executionId === null) return { items: [], next: null };
      await requireExecutionOf(tx, campaignId, executionId);
      const rest = after === null ? null : after.slice(1);
      const slice = await listDiscoveredUrls(tx, { executionId, after: rest, ...filters });
      // A walk stays with the execution it began on, though a newer one may start meanwhile.
      return { items: slice.items, next: slice.next === null ? null : [executionId, ...slice.next] };
    });
  },
} as const satisfies Partial<Handlers>;

function placeOfExecution(after: readonly (string | number)[] | null): string | null {
  return after === null ? null : String(after[0]);
}

async function requireExecutionOf(tx: Tx, campaignId: string, executionId: string): Promise<void> {
  const execution = await readExecution(tx, executionId);
  if (execution.campaignId === campaignId) return;
  throw new OutriderError('not_found', 'The campaign has no such execution.');
}
