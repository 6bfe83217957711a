import { ROUTES, type Route, type RouteName } from '@outrider/shared/contract';
import { noteAnswer, noteSilence } from '../live/connection.js';
import { ApiProblem, ApiUnreachable, toProblem } from './api-problem.js';
import { type ParamValue, type ParamValues, requestTarget } from './request-target.js';

type RouteOf<N extends RouteName> = (typeof ROUTES)[N];
type Shape<T> = T extends { readonly _zod: { readonly input: infer Input } } ? Input : never;
type Output<T> = T extends { readonly _zod: { readonly output: infer Value } } ? Value : undefined;

/** What a route takes: the parameters of its path, its query and its body, as the route table says. */
export type ApiRequest<N extends RouteName> = (RouteOf<N> extends { readonly params: infer P }
  ? { readonly params: Readonly<Record<keyof Shape<P>, string | number>> }
  : { readonly params?: undefined }) &
  (RouteOf<N> extends { readonly query: infer Q }
    ? { readonly query?: Readonly<Partial<Record<keyof Shape<Q>, ParamValue>>> }
    : { readonly query?: undefined }) &
  (RouteOf<N> extends { readonly body: infer B }
    ? { readonly body: Shape<B> }
    : { readonly body?: undefined });

export type ApiResponse<N extends RouteName> = Output<RouteOf<N>['response']>;

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** A key or a sign-in token, in place of the session. */
  readonly bearer?: string;
  /** What makes a request that is sent again the same one. */
  readonly idempotencyKey?: string;
  /** The revision that is to be changed; another one is refused. */
  readonly ifMatch?: number;
  /** How long an answer is waited for; as long as the browser does unless given. */
  readonly timeoutMs?: number;
}

/**
 * Calls a route of the API with the session's cookie. What is sent and what comes back is of the contract: an answer that
 * is not is an error here, not somewhere in a page. Throws ApiProblem, and ApiUnreachable when there is no answer.
 */
export async function callApi<N extends RouteName>(
  name: N,
  input: ApiRequest<N>,
  options: CallOptions = {},
): Promise<ApiResponse<N>> {
  const route: Route = ROUTES[name];
  const { params = {}, query = {}, body } = input as LooseRequest;
  const answer = await send(route, requestTarget(route, params, query), body, options);
  if (answer.status !== route.status) throw toProblem(answer.status, await readJson(answer));
  if (route.response === null) return undefined as ApiResponse<N>;
  const parsed = route.response.safeParse(await readJson(answer));
  if (parsed.success) return parsed.data as ApiResponse<N>;
  const [issue] = parsed.error.issues;
  const where = issue === undefined ? '' : ` (${issue.path.join('.')}: ${issue.message})`;
  const detail = `The platform's answer is not the one this page expects${where}. Reload the page: it may have been updated.`;
  throw new ApiProblem({ status: answer.status, code: 'unexpected_answer', detail, requestId: '' });
}

/** What every request is made of, whichever its route. */
export interface LooseRequest {
  readonly params?: ParamValues;
  readonly query?: ParamValues;
  readonly body?: unknown;
}

async function send(route: Route, target: string, body: unknown, options: CallOptions): Promise<Response> {
  const { signal, timeoutMs } = options;
  const limit = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const ends = [signal, limit].filter((end) => end !== undefined);
  try {
    const answer = await fetch(target, {
      method: route.method.toUpperCase(),
      headers: headersOf(body, options),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(ends.length === 0 ? {} : { signal: AbortSignal.any(ends) }),
      credentials: 'same-origin',
      cache: 'no-store',
    });
    noteAnswer();
    return answer;
  } catch (error) {
    if (signal?.aborted === true) throw error;
    noteSilence();
    throw new ApiUnreachable(error);
  }
}

function headersOf(body: unknown, { bearer, idempotencyKey, ifMatch }: CallOptions): Record<string, string> {
  return {
    accept: 'application/json',
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
}

async function readJson(answer: Response): Promise<unknown> {
  try {
    return await answer.json();
  } catch {
    return undefined;
  }
}
