import { z } from 'zod';
import { time } from './fields.js';
import { API_SCOPES } from './route.js';

// Who is signed in.

export const session = z
  .strictObject({
    tenantId: z.uuid(),
    keyId: z.uuid(),
    keyName: z.string(),
    scope: z.enum(API_SCOPES),
    /** When the session ends unless it is used; null for a request with a key, which needs none. */
    expiresAt: time.nullable(),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof session>;

export const signInLink = z
  .strictObject({
    /** Signs one browser in, once; shown this once, and null when the answer is repeated. */
    token: z.string().nullable(),
    expiresAt: time,
  })
  .meta({ id: 'SignInLink' });
export type SignInLink = z.infer<typeof signInLink>;
