import { API_BASE, problem, ROUTES, type Route, VERSION } from '@outrider/shared';
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';

export type OpenApiDocument = ReturnType<typeof createDocument>;

const KEY = [{ apiKey: [] }, { session: [] }];

/** The OpenAPI 3.1 document, made from the route table that the router is made from. */
export function buildDocument(): OpenApiDocument {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Outrider',
      version: VERSION,
      description:
        'Crawl campaigns. Errors are `application/problem+json` with a stable `code`. Lists are walked with `cursor`. Every request that changes something takes an `Idempotency-Key`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: KEY,
    paths: { ...routePaths(), ...outsidePaths() },
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, crw_…' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'outrider_session',
          description: 'The session of a browser, for pages of the same address.',
        },
      },
    },
  });
}

function routePaths(): ZodOpenApiPathsObject {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const [name, route] of Object.entries<Route>(ROUTES)) {
    const path = `${API_BASE}${route.path}`.replace(/:([a-z]+)/gi, '{$1}');
    const operations = paths[path] ?? {};
    operations[route.method] = operation(name, route);
    paths[path] = operations;
  }
  return paths;
}

function operation(name: string, route: Route): ZodOpenApiOperationObject {
  const header = requestHeaders(route);
  return {
    operationId: name,
    summary: route.summary,
    description: `Needs a key with the scope \`${route.scope}\` or above.`,
    security: KEY,
    requestParams: {
      ...(route.params === undefined ? {} : { path: route.params }),
      ...(route.query === undefined ? {} : { query: route.query }),
      ...(header === undefined ? {} : { header }),
    },
    ...(route.body === undefined ? {} : { requestBody: requestBody(route, route.body) }),
    responses: { [route.status]: success(route), default: problemResponse() },
  };
}

function requestHeaders(route: Route): z.ZodObject | undefined {
  if (route.method !== 'get') {
    const key = z
      .string()
      .max(255)
      .optional()
      .meta({ description: 'Makes a repeated request safe, for 24 hours.' });
    const guard = z.string().optional().meta({ description: 'The ETag that was read.' });
    const isGuarded = route.method === 'patch' && route.path.startsWith('/campaigns/');
    return z.object({ 'Idempotency-Key': key, ...(isGuarded ? { 'If-Match': guard } : {}) });
  }
  if (route.isStream !== true) return undefined;
  const last = z.string().optional().meta({ description: 'Of a stream: the last id that was received.' });
  return z.object({ 'Last-Event-ID': last });
}

function requestBody(route: Route, schema: z.ZodType): NonNullable<ZodOpenApiOperationObject['requestBody']> {
  const text = { schema: z.string() };
  return {
    required: !schema.safeParse({}).success,
    content: {
      'application/json': { schema },
      ...(route.acceptsImport === true ? { 'text/plain': text, 'text/csv': text } : {}),
    },
  };
}

function success(route: Route) {
  if (route.downloads !== undefined) {
    const text = { schema: z.string() };
    return { description: 'Done', content: Object.fromEntries(route.downloads.map((type) => [type, text])) };
  }
  if (route.response === null) return { description: 'Done' };
  if (route.mediaType !== undefined) return { description: 'Done', content: { [route.mediaType]: {} } };
  return {
    description: 'Done',
    content: {
      'application/json': { schema: route.response },
      ...(route.isStream === true ? { 'text/event-stream': { schema: z.string() } } : {}),
    },
  };
}

function problemResponse() {
  return { description: 'A problem', content: { 'application/problem+json': { schema: problem } } };
}

const healthReport = z
  .strictObject({
    healthy: z.boolean(),
    checks: z.record(z.string(), z.strictObject({ ok: z.boolean(), detail: z.string().optional() })),
  })
  .meta({ id: 'HealthReport' });

function outsidePaths(): ZodOpenApiPathsObject {
  const open = (operationId: string, summary: string, type: string, schema: z.ZodType) => ({
    get: {
      operationId,
      summary,
      security: [],
      responses: { 200: { description: 'Done', content: { [type]: { schema } } } },
    },
  });
  return {
    '/healthz': open('getHealth', 'Whether the process answers', 'application/json', healthReport),
    '/readyz': {
      get: {
        operationId: 'getReadiness',
        summary: 'Whether the process can do its work',
        security: [],
        responses: {
          200: { description: 'It can', content: { 'application/json': { schema: healthReport } } },
          503: { description: 'It cannot', content: { 'application/json': { schema: healthReport } } },
        },
      },
    },
    '/metrics': open('getMetrics', 'Metrics in the Prometheus text format', 'text/plain', z.string()),
    '/openapi.json': open('getOpenApi', 'This document', 'application/json', z.looseObject({})),
    '/docs': open('getDocs', 'This document for people', 'text/html', z.string()),
  };
}
