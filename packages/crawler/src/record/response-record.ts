import type { RedirectHop } from '@outrider/db';
import type { RedirectType } from '@outrider/shared';
import type { FetchResponse } from '../fetch/fetch-outcome.js';
import { truncate } from '../parse/clean-text.js';
import type { BlockedBy } from './blocked-answer.js';

/** Characters kept of one header value, and of all values of an answer together. */
const MAX_VALUE = 4_096;
const MAX_VALUES = 32_768;

export interface ResponseFacts {
  readonly target: { readonly redirectHops: readonly RedirectHop[] };
  readonly response: FetchResponse;
  readonly redirectType: RedirectType | null;
  readonly sniffedType: string | null;
  readonly blockedBy: BlockedBy | null;
  /** The execution whose record stands, since the server answered 304 to a conditional request. */
  readonly carriedFrom: string | null;
}

/**
 * How an answer came, as plain JSON: what is shown of it and not listed by. Of a page that is carried over it
 * leaves out what tells of a body, and what this answer does not say: there the earlier record stands.
 */
export function responseRecord(facts: ResponseFacts): Readonly<Record<string, unknown>> {
  const { response, carriedFrom } = facts;
  const { headers, cut } = keptHeaders(response.headers);
  const cacheFields = readCacheFields(response.headers);
  const isCarried = carriedFrom !== null;
  const ofThisFetch = {
    httpVersion: response.httpVersion,
    remoteAddress: response.remoteAddress,
    headers,
    headersCut: cut,
    timings: response.timings,
    redirectType: facts.redirectType,
    redirectHops: facts.target.redirectHops,
    notModified: isCarried,
    ...(isCarried ? withoutNulls(cacheFields) : cacheFields),
  };
  if (isCarried) return { ...ofThisFetch, carriedFrom };
  return {
    contentEncoding: response.contentEncoding,
    sniffedType: facts.sniffedType,
    truncated: response.truncated,
    isEmpty: response.status === 200 && response.decodedBytes === 0 && response.bodySha256 !== null,
    blockedBy: facts.blockedBy,
    location: response.location?.raw ?? null,
    ...ofThisFetch,
  };
}

type Headers = FetchResponse['headers'];

/** Headers in order, those sent twice twice, each value and their sum cut to a bound. */
export function keptHeaders(headers: Headers): { headers: Headers; cut: boolean } {
  let left = MAX_VALUES;
  let cut = false;
  const kept = headers.map(([name, value]): readonly [string, string] => {
    const most = Math.min(MAX_VALUE, Math.max(0, left));
    left -= value.length;
    if (value.length <= most) return [name, value];
    cut = true;
    return [name, truncate(value, most)];
  });
  return { headers: kept, cut };
}

interface CacheFields {
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly cacheControl: string | null;
  readonly retryAfter: string | null;
}

/** The first of each, as sent. */
function readCacheFields(headers: Headers): CacheFields {
  const found: Record<string, string> = {};
  for (const [name, value] of headers) {
    if (name === 'etag' || name === 'last-modified' || name === 'cache-control' || name === 'retry-after')
      found[name] ??= truncate(value, MAX_VALUE);
  }
  return {
    etag: found['etag'] ?? null,
    lastModified: found['last-modified'] ?? null,
    cacheControl: found['cache-control'] ?? null,
    retryAfter: found['retry-after'] ?? null,
  };
}

function withoutNulls(fields: CacheFields): Partial<CacheFields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
