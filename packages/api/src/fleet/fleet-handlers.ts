import { assertInstanceExists, listInstanceMetrics, listInstances } from '@outrider/db';
import type { Handlers } from '../app/route-request.js';

/** The workers, and how fast they are on the caller's campaigns. */
export const fleetHandlers = {
  listInstances: (request) => {
    const { limit, state } = request.query;
    return request.readList((tx, after) => listInstances(tx, { limit, after, state }));
  },
  listInstanceMetrics: (request) => {
    const { limit, since, until, resolution } = request.query;
    const instanceId = request.params.id;
    return request.readList(async (tx, after) => {
      await assertInstanceExists(tx, instanceId);
      return listInstanceMetrics(tx, { instanceId, limit, after, since, until, resolution });
    });
  },
} as const satisfies Partial<Handlers>;
