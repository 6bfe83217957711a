import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { ERRORS, type ErrorCode, newId, OutriderError } from '@outrider/shared';
import { problemOf } from '../problems/problem.js';

export interface ApiServer {
  readonly port: number;
  /** Takes no new requests, waits at most `graceMs` for those that run, then lets go of every connection. */
  close(options: { readonly graceMs: number }): Promise<void>;
}

export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Longest time a request may take to arrive, and its headers of it, in milliseconds. */
  readonly requestTimeoutMs?: number;
  readonly headersTimeoutMs?: number;
  /** Lets others take part before it listens; what it returns is called when the server closes. */
  readonly attach?: (server: Server) => () => Promise<void>;
}

/** Most of them are live ones, of which a process takes eight thousand. */
const MAX_CONNECTIONS = 10_000;
/** How often connections are held against the time-outs. */
const CHECK_EVERY_MS = 1_000;

/** Serves an application. Rejects with the listen error; with `invalid_settings` when the port is taken. */
export async function startServer(listener: RequestListener, options: ServerOptions): Promise<ApiServer> {
  const { requestTimeoutMs = 60_000, headersTimeoutMs = 10_000 } = options;
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
      keepAliveTimeout: 30_000,
      connectionsCheckingInterval: CHECK_EVERY_MS,
      maxHeaderSize: 16_384,
    },
    listener,
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.on('clientError', refuseUnreadable);
  const detach = options.attach?.(server);
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: async ({ graceMs }) => {
      await detach?.();
      await closeServer(server, graceMs);
    },
  };
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
};

/** What no request came of is answered in the same form as everything else. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const code = CODES[error.code ?? ''] ?? 'bad_request';
  const problem = problemOf(new OutriderError(code, 'The request was given up.'), newId());
  const body = JSON.stringify(problem);
  const { status, title } = ERRORS[code];
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nConnection: close\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

function listen(server: Server, { port, host }: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => reject(listenFailure(error, host, port));
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

function listenFailure(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code !== 'EADDRINUSE') return error;
  return new OutriderError(
    'invalid_settings',
    `Port ${port} of ${host} is taken. Stop what listens there, or set PORT to another one (0 takes one that is free).`,
  );
}

function closeServer(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
