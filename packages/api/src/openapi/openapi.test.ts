import { API_BASE, ROUTES, type Route } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { createApp } from '../app/create-app.js';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { buildDocument } from './build-document.js';

const api = oneApiPerFile();

/** Every method and path of an Express application, in OpenAPI's spelling. */
function mountedRoutes(): string[] {
  const { router } = createApp(servicesOf(), {});
  return router.stack.flatMap(({ route }) => {
    if (route === undefined) return [];
    const methods = route.stack.map(({ method }) => method).filter((method) => method !== undefined);
    return methods.map((method) => `${method} ${route.path.replace(/:([a-z]+)/g, '{$1}')}`);
  });
}

function servicesOf(): Parameters<typeof createApp>[0] {
  return api().services;
}

function documented(): string[] {
  return Object.entries(buildDocument().paths ?? {}).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method} ${path}`),
  );
}

describe('the OpenAPI document', () => {
  it('and the router have the same routes', () => {
    const mounted = mountedRoutes();
    expect(documented().sort()).toEqual(mounted.sort());
    expect(mounted.length).toBe(Object.keys(ROUTES).length + 5);
  });

  it('names the scope, the input and the answer of every route', () => {
    const document = buildDocument();
    for (const [name, route] of Object.entries<Route>(ROUTES)) {
      const path = `${API_BASE}${route.path}`.replace(/:([a-z]+)/g, '{$1}');
      const operation = document.paths?.[path]?.[route.method];
      expect(operation).toMatchObject({ operationId: name, summary: route.summary });
      expect(operation?.description).toContain(route.scope);
      expect(Object.keys(operation?.responses ?? {})).toEqual([String(route.status), 'default']);
      expect(operation?.requestBody !== undefined).toBe(route.body !== undefined);
    }
  });

  it('is served to everybody, and refers to nothing that it lacks', async () => {
    const { status, body, text } = await api().call('GET', '//openapi.json', { key: null });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      openapi: '3.1.0',
      components: { securitySchemes: { apiKey: { scheme: 'bearer' } } },
    });
    const references = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
    const schemas = Object.keys((body['components'] as { schemas: object }).schemas);
    expect(references.length).toBeGreaterThan(20);
    expect(references.filter((name) => !schemas.includes(name ?? ''))).toEqual([]);
  });
});

describe('the page of the document', () => {
  it('has no inline script, loads its parts from here, and says so in its policy', async () => {
    const { status, text, headers } = await api().call('GET', '//docs', { key: null });
    expect(status).toBe(200);
    expect(headers.get('content-security-policy')).toContain("script-src 'self';");
    expect(text).not.toMatch(/<script(?![^>]* src=)|\son[a-z]+=|https?:\/\//);
    const parts = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(parts).toHaveLength(3);
    for (const part of parts) {
      const answer = await api().call('GET', `/${part}`, { key: null });
      expect([part, answer.status]).toEqual([part, 200]);
      expect(answer.headers.get('content-type')).toMatch(part.endsWith('.css') ? /css/ : /javascript/);
    }
    const other = await api().call('GET', '//docs/assets/package.json', { key: null });
    expect(other.status).toBe(404);
  });
});
