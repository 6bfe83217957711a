import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, Reply } from '../site/answer.js';

/** A test's own code for a path, with the raw socket at `response.socket`. */
export type RouteFunction = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** What a custom route does: a fixed answer, or code. */
export type RouteHandler = Answer | RouteFunction;

function sendReply(response: ServerResponse, reply: Reply): void {
  const body = reply.body ?? '';
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(reply.headers ?? {})) {
    headers[name] = typeof value === 'string' ? value : [...value];
  }
  const status = reply.status ?? 200;
  const bodiless = status === 204 || status === 304;
  // A test that sets its own length wants to lie about it.
  if (!bodiless && !Object.keys(headers).some((name) => /^(content-length|transfer-encoding)$/i.test(name))) {
    headers['content-length'] = String(Buffer.byteLength(body));
  }
  response.writeHead(status, headers);
  response.end(body);
}

/** Gives an answer after `delayMs` milliseconds, or calls `reset`. A delay does not keep the process alive. */
export function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  delayMs: number,
  reset: () => void,
): void {
  if (answer === 'hang') return;
  const send = (): void => {
    if (response.destroyed) return;
    if (answer === 'reset') reset();
    else sendReply(response, answer);
  };
  const wait = delayMs + (answer === 'reset' ? 0 : (answer.delayMs ?? 0));
  if (wait > 0) setTimeout(send, wait).unref();
  else send();
}
