import { OutriderError, ROUTES, type Route, type RouteName } from '@outrider/shared';
import type { Express, RequestHandler } from 'express';
import { createTokenBuckets, type TokenBuckets } from '../access/token-buckets.js';
import { HANDLERS } from './handlers.js';
import { mountedPath, routePipeline } from './route-pipeline.js';
import type { Services } from './services.js';

/** Mounts every route of the table, and behind them what a path answers to other methods. */
export function mountRoutes(app: Express, services: Services): void {
  const { requestsPerMinute } = services;
  const allowance = createTokenBuckets({ capacity: requestsPerMinute, perMinute: requestsPerMinute });
  for (const name of Object.keys(ROUTES) as RouteName[]) {
    const route: Route = ROUTES[name];
    app[route.method](mountedPath(route), pipelineOf(name, services, allowance));
  }
}

function pipelineOf<N extends RouteName>(
  name: N,
  services: Services,
  allowance: TokenBuckets,
): RequestHandler {
  return routePipeline(name, HANDLERS[name], services, allowance);
}

/** For each path that has routes, an answer to the methods it does not take (RFC 9110, section 15.5.6). */
export function mountMethodRefusals(app: Express, outside: readonly string[]): void {
  const methods = new Map<string, Set<string>>(outside.map((path) => [path, new Set(['GET', 'HEAD'])]));
  for (const route of Object.values<Route>(ROUTES)) {
    const path = mountedPath(route);
    const known = methods.get(path) ?? new Set<string>();
    known.add(route.method.toUpperCase());
    if (route.method === 'get') known.add('HEAD');
    methods.set(path, known);
  }
  for (const [path, allowed] of methods) {
    // Not `app.all`, which would mount the path once for each method there is.
    app.route(path).all((request, response) => {
      const allow = [...allowed].join(', ');
      response.setHeader('Allow', allow);
      throw new OutriderError('method_not_allowed', `${request.method} is not among ${allow}.`);
    });
  }
}
