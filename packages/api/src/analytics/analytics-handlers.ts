import { assertCampaignExists, listRollups, readExecutionAnalytics, readProgressFacts } from '@outrider/db';
import { estimateProgress } from '@outrider/shared';
import type { Handlers } from '../app/route-request.js';
import { mayWait, queueReason } from '../executions/queue-reason.js';
import { compareCampaigns } from './compare-campaigns.js';
import { compareExecutions } from './compare-executions.js';
import { listChanges } from './list-changes.js';

/** Figures of executions and campaigns, side by side too, and how far executions are. */
export const analyticsHandlers = {
  compareExecutions: async (request) => ({
    body: await request.read((tx) => compareExecutions(tx, request.query.ids)),
  }),
  compareCampaigns: async (request) => ({
    body: await request.read((tx) => compareCampaigns(tx, request.query)),
  }),
  getExecutionAnalytics: async (request) => ({
    body: await request.read((tx) => readExecutionAnalytics(tx, request.params.id)),
  }),
  getExecutionProgress: async (request) => {
    const { caller, services } = request;
    const facts = await request.read((tx) => readProgressFacts(tx, request.params.id));
    const waiting = mayWait(facts) ? await services.capacity.listWaiting(caller.tenantId) : [];
    const waitingReason = queueReason(facts.executionId, facts, waiting);
    return { body: estimateProgress({ ...facts, waitingReason }) };
  },
  listPageChanges: (request) =>
    request.readList((tx, after) => listChanges(tx, { ...request.query, id: request.params.id, after })),
  listCampaignAnalytics: (request) => {
    const { by, from, to, limit } = request.query;
    const campaignId = request.params.id;
    return request.readList(async (tx, after) => {
      await assertCampaignExists(tx, campaignId);
      return listRollups(tx, { campaignId, by, from, to, limit, after });
    });
  },
} as const satisfies Partial<Handlers>;
