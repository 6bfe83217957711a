import type { IncomingMessage, ServerResponse } from 'node:http';
import { newId } from '@outrider/shared';

/** What a client may call its request: enough for a UUID or a trace id, nothing that could break a log. */
const FORMAT = /^[A-Za-z0-9._-]{1,100}$/;

/** The id of a request, its own if it brings a sane one; also set on the answer. */
export function requestIdOf(request: IncomingMessage, response: ServerResponse): string {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && FORMAT.test(given) ? given : newId();
  response.setHeader('X-Request-Id', id);
  return id;
}
