import { createHash } from 'node:crypto';
import { API_BASE, OutriderError, ROUTES, type Route, type RouteName } from '@outrider/shared';
import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { type Caller, requireScope } from '../access/caller.js';
import { containsKey } from '../access/key-format.js';
import type { TokenBuckets } from '../access/token-buckets.js';
import { type BodyStream, hasBody, openBody } from '../body/body-stream.js';
import { csvRows, textRows } from '../body/import-rows.js';
import { type BodyKind, bodyKind } from '../body/media-type.js';
import { readJson } from '../body/read-json.js';
import { sendFile } from '../files/send-file.js';
import { idempotencyKeyOf } from '../idempotency/idempotency-key.js';
import { RateLimitError } from '../problems/rate-limit-error.js';
import { validationError } from '../problems/validation-error.js';
import { readQuery } from './read-query.js';
import type { Handler, Reply, RouteRequest } from './route-request.js';
import type { Services } from './services.js';
import { commandOnce, type WriteContext, writeOnce } from './transactions.js';

/** Most bytes of a JSON body, and of an import, in whatever way they are sent. */
const JSON_LIMIT = 1_048_576;
const IMPORT_LIMIT = 33_554_432;

interface Input {
  readonly params: unknown;
  readonly query: Record<string, unknown> | undefined;
  readonly body: unknown;
  readonly importedRows: AsyncIterable<string> | null;
  readonly stream: BodyStream | null;
}

/**
 * The way of every request through a route: who asks, may they, what do they ask, do it, present it. Each
 * step is the same for all routes and reads what it needs from the route table.
 */
export function routePipeline<N extends RouteName>(
  name: N,
  handler: Handler<N>,
  services: Services,
  allowance: TokenBuckets,
): RequestHandler {
  const route: Route = ROUTES[name];
  return async (request, response) => {
    refuseKeyInQuery(request);
    const { method, headers } = request;
    const caller = await services.authenticator.authenticateRequest({
      method,
      headers,
      remoteAddress: addressOf(request),
      acceptsLink: name === 'openSession',
    });
    response.locals['caller'] = caller;
    const wait = allowance.take(caller.keyId);
    if (wait !== null) throw new RateLimitError('This key makes too many requests.', wait);
    requireScope(caller, route.scope);
    const input = await readInput(route, request);
    const reply = await handler(routeRequest(name, request, caller, services, input));
    if ('stream' in reply) {
      // It lasts as long as somebody listens: no measure of how fast requests are answered.
      response.locals['isStream'] = true;
      await reply.stream(request, response);
      return;
    }
    present(route, request, response, reply);
  };
}

/** A key in a URL ends up in logs and histories, so it is refused even where it is valid. */
function refuseKeyInQuery(request: Request): void {
  for (const [name, value] of searchOf(request)) {
    if (/^(api[-_]?key|key|token|access[-_]?token|authorization)$/i.test(name) || containsKey(value)) {
      throw new OutriderError(
        'unauthenticated',
        'Send the key in the Authorization header, never in the URL.',
      );
    }
  }
}

function searchOf(request: Request): URLSearchParams {
  const mark = request.url.indexOf('?');
  return new URLSearchParams(mark === -1 ? '' : request.url.slice(mark + 1));
}

async function readInput(route: Route, request: Request): Promise<Input> {
  const params = route.params === undefined ? undefined : parse(route.params, { ...request.params }, 'path');
  const raw = readQuery(searchOf(request));
  if (route.query === undefined && Object.keys(raw).length > 0) {
    const fields = Object.keys(raw).map((path) => ({
      path,
      code: 'unknown_field',
      message: 'there is no such field',
    }));
    throw new OutriderError('validation_failed', 'This route takes no query.', { fields });
  }
  const query = route.query === undefined ? undefined : parse(route.query, raw, 'query');
  return { params, query, ...(await readBody(route, request)) };
}

async function readBody(
  route: Route,
  request: Request,
): Promise<Pick<Input, 'body' | 'importedRows' | 'stream'>> {
  if (route.body === undefined) return { body: undefined, importedRows: null, stream: null };
  if (!hasBody(request)) {
    // Nothing is as good as {} where nothing is required.
    const empty = route.body.safeParse({});
    if (empty.success) return { body: empty.data, importedRows: null, stream: null };
  }
  const accepted: BodyKind[] = route.acceptsImport === true ? ['json', 'text', 'csv'] : ['json'];
  const kind = bodyKind(request.headers['content-type'], accepted);
  const limit = kind === 'json' ? JSON_LIMIT : IMPORT_LIMIT;
  const stream = openBody(request, limit, kind === 'json' ? route.tooLargeAdvice : undefined);
  switch (kind) {
    case 'json':
      return { body: parse(route.body, await readJson(stream), 'body'), importedRows: null, stream };
    case 'text':
      return { body: undefined, importedRows: textRows(stream), stream };
    case 'csv':
      return { body: undefined, importedRows: csvRows(stream), stream };
  }
}

function parse<S extends z.ZodType>(
  schema: S,
  value: unknown,
  where: 'body' | 'query' | 'path',
): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw validationError(schema, parsed.error.issues, where);
}

function routeRequest<N extends RouteName>(
  name: N,
  request: Request,
  caller: Caller,
  services: Services,
  input: Input,
): RouteRequest<N> {
  const { database, cursors } = services;
  const context = writeContext(ROUTES[name], request, caller, services, input);
  // Each part is what the schema of this very route made of it.
  const checked = input as unknown as Pick<RouteRequest<N>, 'params' | 'query' | 'body'>;
  return {
    params: checked.params,
    query: checked.query,
    body: checked.body,
    caller,
    services,
    header: (header) => request.get(header),
    remoteAddress: request.socket.remoteAddress ?? null,
    importedRows: input.importedRows,
    read: (work) => database.withTenant(caller.tenantId, work, { readOnly: true }),
    readList: async (work) => {
      const { cursor, limit: _limit, ...filters } = input.query ?? {};
      const binding = {
        tenantId: caller.tenantId,
        route: `${name} ${JSON.stringify(input.params ?? {})}`,
        filters,
      };
      const after = typeof cursor === 'string' ? cursors.decode(cursor, binding) : null;
      const slice = await database.withTenant(caller.tenantId, (tx) => work(tx, after), { readOnly: true });
      const nextCursor = slice.next === null ? null : cursors.encode(slice.next, binding);
      return { body: { items: slice.items, nextCursor } };
    },
    write: (work, transact) => writeOnce(context, work, transact),
    command: (run, conclude) => commandOnce(context, run, conclude),
  };
}

function writeContext(
  route: Route,
  request: Request,
  caller: Caller,
  { database }: Services,
  { stream }: Input,
): WriteContext {
  const key = route.method !== 'get' ? idempotencyKeyOf(request.get('idempotency-key')) : null;
  const requestHash = (): Buffer =>
    createHash('sha256')
      .update(`${route.method} ${request.path}\n`)
      .update(stream?.digest() ?? '')
      .digest();
  return {
    database,
    caller,
    requestId: String(request.id),
    remoteAddress: request.socket.remoteAddress ?? null,
    userAgent: request.get('user-agent') ?? null,
    status: route.status,
    idempotency: key === null ? null : { key, requestHash },
  };
}

/** What leaves is held to the contract too: a column that nobody meant to show does not get out. */
function present(route: Route, request: Request, response: Response, reply: Reply<unknown>): void {
  response.status(route.status);
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  response.setHeader('Cache-Control', 'no-store');
  if (route.response === null) {
    response.end();
    return;
  }
  const body: unknown = route.response.parse(reply.body);
  if (route.mediaType !== undefined && body instanceof Uint8Array) {
    sendFile(request, response, { mediaType: route.mediaType, bytes: body });
    return;
  }
  response.type('application/json').send(JSON.stringify(body));
}

function addressOf(request: Request): string {
  return request.socket.remoteAddress ?? 'unknown';
}

/** Where a route is mounted. */
export function mountedPath(route: Route): string {
  return `${API_BASE}${route.path}`;
}
