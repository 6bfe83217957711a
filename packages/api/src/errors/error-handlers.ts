import {
  assertCampaignExists,
  listErrorGroups,
  listErrors,
  readExecution,
  resolveError,
  resolveErrorGroup,
} from '@outrider/db';
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
  listErrorGroups: (request) => {
    const { cursor: _, ...filters } = request.query;
    const executionId = request.params.id;
    return request.readList(async (tx, after) => {
      await readExecution(tx, executionId);
      return listErrorGroups(tx, { executionId, after, ...filters });
    });
  },
  resolveErrorGroup: (request) =>
    request.write(async (tx) => {
      const { resolved, resolutionNotes: notes, before, ...group } = request.body;
      const executionId = request.params.id;
      const { campaignId } = await readExecution(tx, executionId);
      const changed = await resolveErrorGroup(tx, { executionId, ...group }, { resolved, notes, before });
      return {
        reply: { body: { changed } },
        audit: {
          action: 'error_group.resolve',
          subjectType: 'execution',
          subjectId: executionId,
          campaignId,
          after: { resolved },
          detail: { ...group, resolved, changed },
        },
      };
    }),
} as const satisfies Partial<Handlers>;
