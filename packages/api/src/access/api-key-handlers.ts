import { insertApiKey, listApiKeys, readApiKey, revokeApiKey } from '@outrider/db';
import { newId, OutriderError } from '@outrider/shared';
import type { Handlers } from '../app/route-request.js';
import { makeKey } from './key-format.js';

/** Keys of the tenant. */
export const apiKeyHandlers = {
  listApiKeys: (request) => {
    const { limit } = request.query;
    return request.readList((tx, after) => listApiKeys(tx, { limit, after }));
  },
  createApiKey: (request) => {
    const { name, scope, expiresAt = null } = request.body;
    if (expiresAt !== null && Date.parse(expiresAt) <= Date.now()) {
      throw new OutriderError('validation_failed', 'The key would have expired already.', {
        fields: [{ path: 'expiresAt', code: 'in_the_past', message: 'must lie ahead' }],
      });
    }
    const { text, hash: secretHash, ...parts } = makeKey();
    const id = newId();
    return request.write(async (tx) => {
      const { tenantId } = request.caller;
      await insertApiKey(tx, { id, tenantId, name, scope, expiresAt, secretHash, ...parts });
      const listed = await readApiKey(tx, id);
      return {
        reply: { body: { ...listed, key: text } },
        // The key itself is kept nowhere, so a repeated request cannot show it again.
        storable: { ...listed, key: null },
        audit: {
          action: 'api_key.create',
          subjectType: 'api_key',
          subjectId: id,
          after: { name, scope, expiresAt },
          detail: { name, scope },
        },
      };
    });
  },
  revokeApiKey: async (request) => {
    const { id } = request.params;
    const reply = await request.write(async (tx) => {
      const { name, scope } = await readApiKey(tx, id);
      await revokeApiKey(tx, id);
      return {
        reply: { body: null },
        audit: { action: 'api_key.revoke', subjectType: 'api_key', subjectId: id, before: { name, scope } },
      };
    });
    request.services.authenticator.forget(id);
    request.services.realtime.connections.keyRevoked(id);
    return reply;
  },
} as const satisfies Partial<Handlers>;
