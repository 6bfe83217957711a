import type { ROUTES, RouteName } from '@outrider/shared/contract';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { type ApiRequest, type ApiResponse, callApi, type LooseRequest } from './call-api.js';

/** Routes that only read. */
export type ReadRoute = {
  [N in RouteName]: (typeof ROUTES)[N]['method'] extends 'get' ? N : never;
}[RouteName];

/** Routes that answer with a page of a list. */
export type ListRoute = {
  [N in ReadRoute]: ApiResponse<N> extends { items: unknown[]; nextCursor: string | null } ? N : never;
}[ReadRoute];

export type ItemOf<N extends ListRoute> = ApiResponse<N> extends { items: (infer Item)[] } ? Item : never;

/** The query that reads a route. Its key begins with the route's name, by which events say what has changed. */
export function routeQuery<N extends ReadRoute>(name: N, input: ApiRequest<N>) {
  const { params = {}, query = {} } = input as LooseRequest;
  return queryOptions({
    queryKey: [name, params, query] as const,
    queryFn: ({ signal }) => callApi(name, input, { signal }),
  });
}

/** The query that reads a list page by page. */
export function listQuery<N extends ListRoute>(name: N, input: ApiRequest<N>) {
  const { params = {}, query: filters = {} } = input as LooseRequest;
  return infiniteQueryOptions({
    queryKey: [name, params, filters, 'pages'] as const,
    queryFn: async ({ signal, pageParam }): Promise<ListPage<ItemOf<N>>> => {
      const query = { ...filters, ...(pageParam === null ? {} : { cursor: pageParam }) };
      const page = await callApi(name, { params, query } as unknown as ApiRequest<N>, { signal });
      return page as unknown as ListPage<ItemOf<N>>;
    },
    // Each of them reads every page again, and a long list has hundreds: only who asks for it gets that.
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

export interface ListPage<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}
