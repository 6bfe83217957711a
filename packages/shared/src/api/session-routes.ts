import type { RouteTable } from './route.js';
import * as sessions from './session-resources.js';

/** Sessions of the dashboard. */
export const SESSION_ROUTES = {
  openSession: {
    method: 'post',
    path: '/session',
    scope: 'viewer',
    summary:
      'Sign a browser in: the key, or the token of a sign-in link, makes a session, whose token is set as a cookie',
    status: 201,
    response: sessions.session,
  },
  readSession: {
    method: 'get',
    path: '/session',
    scope: 'viewer',
    summary: 'Who is asking, and what they may do',
    status: 200,
    response: sessions.session,
  },
  closeSession: {
    method: 'delete',
    path: '/session',
    scope: 'viewer',
    summary: 'Sign this browser out',
    status: 204,
    response: null,
  },
  createSignInLink: {
    method: 'post',
    path: '/session/link',
    scope: 'viewer',
    summary:
      "Make a token that signs a browser on the platform's own machine in with this key, once and within ten minutes",
    status: 201,
    response: sessions.signInLink,
  },
} as const satisfies RouteTable;
