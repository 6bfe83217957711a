import { z } from 'zod';
import * as hosts from './host-resources.js';

/** What a key may do: each scope includes those before it. */
export const API_SCOPES = ['viewer', 'operator', 'admin'] as const;
export type ApiScope = (typeof API_SCOPES)[number];

export const API_BASE = '/api/crawler';

/** One route of the API: everything that the server, the OpenAPI document and the client need. */
export interface Route {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** Express form, below the base path. */
  readonly path: string;
  readonly scope: ApiScope;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Bodies other than JSON that the route takes. */
  readonly acceptsImport?: boolean;
  /** What to do with a JSON body that is larger than the API accepts. */
  readonly tooLargeAdvice?: string;
  readonly status: 200 | 201 | 202 | 204;
  readonly response: z.ZodType | null;
  /** Of an answer that is bytes and not JSON. It never changes: what it is made of is written once. */
  readonly mediaType?: string;
  /** The types of an answer that is a file, written as it is read: its query says which. */
  readonly downloads?: readonly string[];
  /** Whether it is also served as `text/event-stream` (WHATWG HTML, 9.2), to who accepts that; resumed by `Last-Event-ID`. */
  readonly isStream?: boolean;
}

/** A table of routes, each known by the name of what it does. */
export type RouteTable = Readonly<Record<string, Route>>;

// Parameters that routes share.
export const id = z.uuid();
/** A hash, so it has no UUID version. */
export const urlKeyParam = z.guid();
export const limit = z.coerce.number().int().min(1).max(1_000).default(50);
export const paging = { cursor: z.string().max(2_000).optional(), limit };
export const time = z.iso.datetime({ offset: true });
export const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
export const text = z.string().min(1).max(500);
export const statusFilter = z
  .string()
  .regex(/^([1-5]xx|[1-9]\d\d)$/, 'a status like 404 or a class like 4xx');
export const campaignParams = z.strictObject({ id });
export const revision = z.coerce.number().int().min(1).max(1_000_000_000);
export const revisionParams = z.strictObject({ id, revision });
export const hostParams = z.strictObject({ host: hosts.hostName });
