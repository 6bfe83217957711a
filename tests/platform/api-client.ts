import { ROUTES, type Route, type RouteName } from '@outrider/shared';
import { request } from 'undici';
import type { z } from 'zod';

type Routes = typeof ROUTES;
type Answer<N extends RouteName> = Routes[N]['response'] extends z.ZodType
  ? z.infer<Routes[N]['response']>
  : null;

export interface CallOptions {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that was not the one asked for. */
export class UnexpectedAnswer extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    text: string,
  ) {
    super(`${status} ${code}: ${text}`);
  }
}

export interface ApiClient {
  /** Calls a route and checks the answer against its schema. Throws UnexpectedAnswer for any other status than its own. */
  call<N extends RouteName>(name: N, options?: CallOptions): Promise<Answer<N>>;
}

/** Speaks to the API at `address`, whose port and host (127.0.0.1 unless given) may be filled in later. */
export function createApiClient(
  address: { readonly port: number; readonly host?: string },
  key: string,
): ApiClient {
  return {
    async call<N extends RouteName>(name: N, options: CallOptions = {}): Promise<Answer<N>> {
      const route: Route = ROUTES[name];
      const path = route.path.replace(/:(\w+)/g, (_, param: string) => options.params?.[param] ?? '');
      const query = new URLSearchParams(options.query).toString();
      const url = `http://${address.host ?? '127.0.0.1'}:${address.port}/api/crawler${path}${query === '' ? '' : `?${query}`}`;
      const answer = await request(url, {
        method: route.method.toUpperCase() as 'GET',
        headers: {
          authorization: `Bearer ${key}`,
          ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...options.headers,
        },
        body: options.body === undefined ? null : JSON.stringify(options.body),
        headersTimeout: 20_000,
      });
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      const text = bytes.toString();
      if (answer.statusCode !== route.status) {
        throw new UnexpectedAnswer(answer.statusCode, codeOf(text), text);
      }
      if (route.mediaType !== undefined) return bytes as unknown as Answer<N>;
      return (route.response === null ? null : route.response.parse(JSON.parse(text))) as Answer<N>;
    },
  };
}

function codeOf(text: string): string {
  const body: unknown = text === '' ? null : JSON.parse(text);
  return typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : 'none';
}
