import {
  deleteDashboardSession,
  insertDashboardSession,
  insertSignInLink,
  readSessionExpiry,
} from '@outrider/db';
import { newId } from '@outrider/shared';
import type { Handlers } from '../app/route-request.js';
import type { Caller } from './caller.js';
import { isHttps } from './same-site.js';
import {
  endedCookie,
  makeToken,
  readSessionCookie,
  SESSION_SECONDS,
  sessionCookie,
} from './session-cookie.js';

const LINK_SECONDS = 600;

const describe = ({ tenantId, keyId, keyName, scope }: Caller, expiresAt: string | null) => ({
  tenantId,
  keyId,
  keyName,
  scope,
  expiresAt,
});

/** Signing browsers in and out. */
export const sessionHandlers = {
  openSession: (request) => {
    const { token, hash: tokenHash } = makeToken();
    const { caller } = request;
    const { tenantId, keyId: apiKeyId } = caller;
    const id = newId();
    return request.write(async (tx) => {
      const expiresAt = await insertDashboardSession(tx, {
        id,
        tenantId,
        apiKeyId,
        tokenHash,
        remoteAddress: request.remoteAddress,
        userAgent: request.header('user-agent')?.slice(0, 500) ?? null,
        lifetimeSeconds: SESSION_SECONDS,
      });
      return {
        reply: {
          body: describe(caller, expiresAt),
          headers: { 'Set-Cookie': sessionCookie(token, isHttps(request.header)) },
        },
        audit: { action: 'session.open', subjectType: 'session', subjectId: id },
      };
    });
  },
  readSession: async (request) => {
    const { caller } = request;
    const { sessionId } = caller;
    if (sessionId === undefined) return { body: describe(caller, null) };
    const expiresAt = await request.read((tx) => readSessionExpiry(tx, sessionId));
    const sent = readSessionCookie(request.header('cookie'));
    const body = describe(caller, expiresAt);
    if (sent === null) return { body };
    // The browser forgets the cookie twelve hours after this, as the session does.
    return { body, headers: { 'Set-Cookie': sessionCookie(sent.token, sent.isHttps) } };
  },
  closeSession: async (request) => {
    const { sessionId } = request.caller;
    const sent = readSessionCookie(request.header('cookie'));
    const headers = { 'Set-Cookie': endedCookie(sent?.isHttps ?? false) };
    if (sessionId === undefined) return { body: null, headers };
    const reply = await request.write(async (tx) => {
      await deleteDashboardSession(tx, sessionId);
      return {
        reply: { body: null, headers },
        audit: { action: 'session.close', subjectType: 'session', subjectId: sessionId },
      };
    });
    request.services.authenticator.forgetSession(sessionId);
    return reply;
  },
  createSignInLink: (request) => {
    const { token, hash: tokenHash } = makeToken();
    const { tenantId, keyId: apiKeyId } = request.caller;
    const id = newId();
    return request.write(async (tx) => {
      const expiresAt = await insertSignInLink(tx, {
        id,
        tenantId,
        apiKeyId,
        tokenHash,
        lifetimeSeconds: LINK_SECONDS,
      });
      return {
        reply: { body: { token, expiresAt } },
        storable: { token: null, expiresAt },
        audit: { action: 'session.link', subjectType: 'session', subjectId: id },
      };
    });
  },
} as const satisfies Partial<Handlers>;
