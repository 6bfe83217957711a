import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Database, Place, Slice, Tx } from '@outrider/db';
import type { ROUTES, RouteName } from '@outrider/shared';
import type { z } from 'zod';
import type { Caller } from '../access/caller.js';
import type { Services } from './services.js';
import type { Transact } from './transact.js';

type OutputOf<R, F extends string> = R extends { readonly [K in F]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;
type Routes = typeof ROUTES;

export type ParamsOf<N extends RouteName> = OutputOf<Routes[N], 'params'>;
export type QueryOf<N extends RouteName> = OutputOf<Routes[N], 'query'>;
export type BodyOf<N extends RouteName> = OutputOf<Routes[N], 'body'>;
export type ResponseOf<N extends RouteName> = Routes[N]['response'] extends z.ZodType
  ? z.input<Routes[N]['response']>
  : null;

/** What a handler answers; its status is the route's. */
export interface Reply<B> {
  readonly body: B;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that goes on: from here to its end it is written by whoever streams. Rejects before the first byte only. */
export interface StreamReply {
  stream(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** A write, as the audit log keeps it. */
export interface AuditNote {
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly campaignId?: string;
  readonly executionId?: string;
  /** What it was and what it became, in short. Names and figures, never secrets. */
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** A request whose caller, scope and input have been checked. */
export interface RouteRequest<N extends RouteName> {
  readonly params: ParamsOf<N>;
  readonly query: QueryOf<N>;
  readonly body: BodyOf<N>;
  readonly caller: Caller;
  readonly services: Services;
  /** The value of a request header. */
  header(name: string): string | undefined;
  /** Where it came from, as the socket says. */
  readonly remoteAddress: string | null;
  /** The rows of a text or CSV body, as they arrive; null for a body that is JSON. To be read once. */
  readonly importedRows: AsyncIterable<string> | null;

  /** Reads for the caller's tenant. */
  read<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** A page of a list: `after` is where the request's cursor points. */
  readList<T>(work: (tx: Tx, after: Place | null) => Promise<Slice<T>>): Promise<Reply<ListOf<T>>>;
  /**
   * Writes for the caller's tenant, in one transaction with the Idempotency-Key and its answer, and with
   * the audit log: `work` says what to note there. `storable` is the answer that a repeated request gets,
   * where that must not be the same. `transact` opens the transaction where the tenant's own may not do the work.
   */
  write(work: (tx: Tx) => Promise<Written<N>>, transact?: Transact): Promise<Reply<ResponseOf<N>>>;
  /**
   * The same for a command that opens its transaction itself: `run` gets a database whose first transaction
   * carries the Idempotency-Key, and `conclude` runs at that transaction's end.
   */
  command(
    run: (database: Database) => Promise<unknown>,
    conclude: (tx: Tx) => Promise<Written<N>>,
  ): Promise<Reply<ResponseOf<N>>>;
}

export interface Written<N extends RouteName> {
  readonly reply: Reply<ResponseOf<N>>;
  readonly audit: AuditNote;
  readonly storable?: ResponseOf<N>;
}

export interface ListOf<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

export type Handler<N extends RouteName> = (
  request: RouteRequest<N>,
) => Promise<Reply<ResponseOf<N>> | StreamReply>;
/** Every route has its handler: a route without one does not compile. */
export type Handlers = { readonly [N in RouteName]: Handler<N> };
