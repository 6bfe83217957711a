import { assertCampaignExists, listErrors, resolveError } from '@outrider/db';
import type { Handlers } from '../app/route-request.js';

/** What went wrong in a campaign, and what was done about it. */
export const errorHandlers = {
  listErrors: (request) => {
    const { cursor: _, ...filters } = request.query;
    const campaignId = request.params.id;
    return request.readList(async (tx, after) => {
      await assertCampaignExists(tx, campaignId);
      return listErrors(tx, { campaignId, after, ...filters });
    });
  },
  resolveError: (request) =>
    request.write(async (tx) => {
      const { resolved, resolutionNotes: notes } = request.body;
      const error = await resolveError(tx, request.params.id, { resolved, notes });
      return {
        reply: { body: error },
        audit: {
          action: 'error.resolve',
          subjectType: 'error',
          subjectId: error.id,
          campaignId: error.campaignId,
          executionId: error.executionId,
          after: { resolved },
          detail: { resolved },
        },
      };
    }),
} as const satisfies Partial<Handlers>;
