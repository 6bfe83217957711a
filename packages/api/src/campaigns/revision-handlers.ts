import { assertCampaignExists, listRevisions, readRevision } from '@outrider/db';
import { compareConfigs } from '@outrider/shared';
import type { Handlers } from '../app/route-request.js';
import { hideSecrets } from './hide-secrets.js';

/** The configurations a campaign has had. */
export const revisionHandlers = {
  listRevisions: (request) => {
    const { limit } = request.query;
    const campaignId = request.params.id;
    return request.readList(async (tx, after) => {
      await assertCampaignExists(tx, campaignId);
      const slice = await listRevisions(tx, { campaignId, limit, after });
      return { ...slice, items: slice.items.map((revision) => hideSecrets(request.caller, revision)) };
    });
  },
  getRevision: async (request) => {
    const { id, revision } = request.params;
    const { compare } = request.query;
    return request.read(async (tx) => {
      const found = hideSecrets(request.caller, await readRevision(tx, id, revision));
      if (compare === undefined) return { body: { ...found, changes: null } };
      const before = hideSecrets(request.caller, await readRevision(tx, id, compare));
      return { body: { ...found, changes: compareConfigs(before.config, found.config) } };
    });
  },
} as const satisfies Partial<Handlers>;
