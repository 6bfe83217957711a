import { assertCampaignExists, listViewers } from '@outrider/db';
import type { Handlers } from '../app/route-request.js';
import { SILENCE_MS } from './presence.js';

/** Who follows a campaign now. */
export const viewerHandlers = {
  listViewers: async (request) => {
    const { id } = request.params;
    const items = await request.read(async (tx) => {
      await assertCampaignExists(tx, id);
      return listViewers(tx, id, SILENCE_MS);
    });
    return { body: { items } };
  },
} as const satisfies Partial<Handlers>;
