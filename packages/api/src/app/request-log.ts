import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@outrider/telemetry';
import type { RequestHandler, Response } from 'express';
import { pinoHttp } from 'pino-http';
import type { Caller } from '../access/caller.js';
import { requestIdOf } from './request-id.js';

const QUIET = new Set(['/healthz', '/readyz', '/metrics']);

/**
 * One line per answered request: who, what, how long. Neither headers nor the query are written: keys
 * travel in the first, and end up in the second by mistake.
 */
export function createRequestLog(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    genReqId: requestIdOf,
    quietReqLogger: true,
    autoLogging: { ignore: (request) => QUIET.has(pathOf(request)) },
    serializers: {
      req: (request: { id: unknown; method: unknown; raw: IncomingMessage }) => ({
        id: request.id,
        method: request.method,
        path: pathOf(request.raw),
        remoteAddress: request.raw.socket.remoteAddress,
      }),
      res: (response: { statusCode: unknown }) => ({ statusCode: response.statusCode }),
    },
    customProps: (_request, response) => callerProps(response),
    customLogLevel: (_request, response, error) => {
      if (error !== undefined || response.statusCode >= 500) return 'error';
      return 'info';
    },
  });
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}

function callerProps(response: ServerResponse): object {
  const caller = (response as Response).locals?.['caller'] as Caller | undefined;
  return caller === undefined ? {} : { keyId: caller.keyId, tenantId: caller.tenantId };
}
