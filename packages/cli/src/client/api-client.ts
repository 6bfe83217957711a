import { randomUUID } from 'node:crypto';
import { ROUTES, type Route, type RouteName, readProblem } from '@outrider/shared';
import { Agent, request } from 'undici';
import { ApiProblem, ApiUnreachable } from './api-problem.js';
import { type ParamValue, type ParamValues, requestTarget } from './request-target.js';

type RouteOf<N extends RouteName> = (typeof ROUTES)[N];
type Shape<T> = T extends { readonly _zod: { readonly input: infer Input } } ? Input : never;
type Output<T> = T extends { readonly _zod: { readonly output: infer Value } } ? Value : undefined;

/** What a route takes: the parameters of its path, its query and its body, as the route table says. */
export type ApiRequest<N extends RouteName> = (RouteOf<N> extends { readonly params: infer P }
  ? { readonly params: Readonly<Record<keyof Shape<P>, string>> }
  : { readonly params?: undefined }) &
  (RouteOf<N> extends { readonly query: infer Q }
    ? { readonly query?: Readonly<Partial<Record<keyof Shape<Q>, ParamValue>>> }
    : { readonly query?: undefined }) &
  (RouteOf<N> extends { readonly body: infer B }
    ? { readonly body: Shape<B> }
    : { readonly body?: undefined }) & {
    /** Refuses a change of a campaign that is at another revision by now. */
    readonly ifRevision?: number;
  };

export type ApiResponse<N extends RouteName> = Output<RouteOf<N>['response']>;

export interface ApiClientOptions {
  /** Without a slash at its end. */
  readonly apiUrl: string;
  readonly apiKey: string;
  /** How long one answer may take, in milliseconds. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** A client of the API made from its route table: what it sends and what it takes are of the contract. */
export class ApiClient {
  readonly apiUrl: string;
  readonly #apiKey: string;
  readonly #agent: Agent;

  constructor({ apiUrl, apiKey, timeoutMs = TIMEOUT_MS }: ApiClientOptions) {
    this.apiUrl = apiUrl;
    this.#apiKey = apiKey;
    this.#agent = new Agent({
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: { timeout: CONNECT_TIMEOUT_MS },
    });
  }

  /**
   * Calls a route. Throws ApiProblem for an answer that is an error or not of the contract, and
   * ApiUnreachable when there is no answer.
   */
  async call<N extends RouteName>(name: N, input: ApiRequest<N>): Promise<ApiResponse<N>> {
    const route: Route = ROUTES[name];
    const {
      params = {},
      query = {},
      body,
      ifRevision,
    } = input as {
      params?: ParamValues;
      query?: ParamValues;
      body?: unknown;
      ifRevision?: number;
    };
    const target = requestTarget(route, params, query);
    const headers = ifRevision === undefined ? {} : { 'if-match': `"${ifRevision}"` };
    const { status, bytes } = await this.#send(route, target, headers, body);
    if (status !== route.status) throw toProblem(status, bytes.toString());
    return readResponse(route, status, bytes) as ApiResponse<N>;
  }

  async #send(
    route: Route,
    target: string,
    headers: Readonly<Record<string, string>>,
    body: unknown,
  ): Promise<{ status: number; bytes: Buffer }> {
    try {
      const answer = await request(`${this.apiUrl}${target}`, {
        dispatcher: this.#agent,
        method: METHODS[route.method],
        headers: {
          ...headers,
          accept: route.mediaType ?? 'application/json',
          authorization: `Bearer ${this.#apiKey}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(route.method === 'post' ? { 'idempotency-key': randomUUID() } : {}),
        },
        body: body === undefined ? null : JSON.stringify(body),
      });
      return { status: answer.statusCode, bytes: Buffer.from(await answer.body.arrayBuffer()) };
    } catch (error) {
      throw new ApiUnreachable(this.apiUrl, error);
    }
  }

  /** Gives the connections up. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

const METHODS = { get: 'GET', post: 'POST', patch: 'PATCH', delete: 'DELETE' } as const;

function readResponse(route: Route, status: number, bytes: Buffer): unknown {
  if (route.response === null) return undefined;
  const parsed = route.response.safeParse(
    route.mediaType === undefined ? parseJson(bytes.toString()) : bytes,
  );
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined ? '' : `: ${issue.path.join('.')}: ${issue.message}`;
  throw unexpected(status, `The API's answer is not the one this version expects${where}.`);
}

function toProblem(status: number, text: string): ApiProblem {
  return (
    readProblem(parseJson(text)) ??
    unexpected(status, `The server answered with status ${status} and no explanation: is it Outrider's API?`)
  );
}

function unexpected(status: number, detail: string): ApiProblem {
  return new ApiProblem({ status, code: 'unexpected_answer', detail, requestId: '' });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
