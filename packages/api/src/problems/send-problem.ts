import { isConnectionError } from '@outrider/db';
import type { OutriderError } from '@outrider/shared';
import type { ErrorRequestHandler, Response } from 'express';
import { problemOf, toOutriderError } from './problem.js';
import { RateLimitError } from './rate-limit-error.js';

/** The last handler: turns whatever was thrown into a problem document. */
export const sendProblem: ErrorRequestHandler = (thrown: unknown, request, response, _next) => {
  const error = toOutriderError(thrown);
  if (error.status >= 500) {
    // Shown by the request's log line, which has the request id.
    response.err = thrown instanceof Error ? thrown : new Error(String(thrown));
  }
  if (response.headersSent) {
    request.socket.destroy();
    return;
  }
  setHeaders(response, error, thrown);
  response.status(error.status).type('application/problem+json');
  response.send(JSON.stringify(problemOf(error, String(request.id))));
};

function setHeaders(response: Response, error: OutriderError, thrown: unknown): void {
  if (error instanceof RateLimitError) response.setHeader('Retry-After', String(error.retryAfterSeconds));
  else if (error.code === 'idempotency_in_progress' || isConnectionError(thrown))
    response.setHeader('Retry-After', '1');
  if (error.code === 'unauthenticated') response.setHeader('WWW-Authenticate', 'Bearer realm="outrider"');
  response.setHeader('Cache-Control', 'no-store');
}
