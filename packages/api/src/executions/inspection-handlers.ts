import {
  assertCampaignExists,
  listPageHistory,
  readExecution,
  readFrontier,
  readStructure,
} from '@outrider/db';
import type { Handlers } from '../app/route-request.js';

/** An execution from afar, and a URL over executions. */
export const inspectionHandlers = {
  listPageHistory: (request) => {
    const { id: campaignId, key: urlKey } = request.params;
    const { limit } = request.query;
    return request.readList(async (tx, after) => {
      await assertCampaignExists(tx, campaignId);
      return listPageHistory(tx, { campaignId, urlKey, limit, after });
    });
  },
  readStructure: async (request) => {
    const { id } = request.params;
    const body = await request.read(async (tx) => {
      await readExecution(tx, id);
      return readStructure(tx, id);
    });
    return { body };
  },
  readFrontier: async (request) => {
    const { id } = request.params;
    const body = await request.read(async (tx) => {
      await readExecution(tx, id);
      return readFrontier(tx, id);
    });
    return { body };
  },
} as const satisfies Partial<Handlers>;
