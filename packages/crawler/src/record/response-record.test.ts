import { describe, expect, it } from 'vitest';
import type { FetchResponse } from '../fetch/fetch-outcome.js';
import { responseRecord } from './response-record.js';

const RESPONSE: FetchResponse = {
  kind: 'response',
  status: 200,
  headers: [
    ['etag', '"1"'],
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
    ['last-modified', 'Tue, 01 Jan 2030 12:00:00 GMT'],
    ['cache-control', 'no-cache'],
    ['cache-control', 'second'],
    ['retry-after', '3'],
  ],
  httpVersion: '1.1',
  remoteAddress: '192.0.2.1',
  location: null,
  contentType: 'text/html',
  contentEncoding: 'br',
  timings: { dnsMs: 1, connectMs: 2, tlsMs: 3, ttfbMs: 4, downloadMs: 5, totalMs: 15 },
  wireBytes: 10,
  decodedBytes: 20,
  bodySha256: '00'.repeat(32),
  truncated: false,
};

function record(changes: Partial<FetchResponse> = {}, carriedFrom: string | null = null) {
  return responseRecord({
    response: { ...RESPONSE, ...changes },
    redirectType: null,
    target: { redirectHops: [] },
    sniffedType: 'text/html',
    blockedBy: null,
    carriedFrom,
  });
}

describe('the record of a response', () => {
  it('has headers as sent, times split, and what caches go by', () => {
    expect(record()).toMatchObject({
      headers: RESPONSE.headers,
      headersCut: false,
      timings: RESPONSE.timings,
      etag: '"1"',
      lastModified: 'Tue, 01 Jan 2030 12:00:00 GMT',
      cacheControl: 'no-cache',
      retryAfter: '3',
      contentEncoding: 'br',
      sniffedType: 'text/html',
      truncated: false,
      isEmpty: false,
      notModified: false,
    });
  });

  it('of a long header keeps the beginning, and of very many none beyond the bound', () => {
    const headers = Array.from({ length: 20 }, (_, n) => [`x-${n}`, 'a'.repeat(5_000)] as const);
    const kept = record({ headers })['headers'] as [string, string][];
    expect(record({ headers })['headersCut']).toBe(true);
    expect(kept.map(([name]) => name)).toEqual(headers.map(([name]) => name));
    expect(kept[0]?.[1]).toHaveLength(4_096);
    expect(kept.reduce((sum, [, value]) => sum + value.length, 0)).toBeLessThanOrEqual(32_768);
  });

  it('tells an empty page from one whose body nobody read', () => {
    expect(record({ decodedBytes: 0 })['isEmpty']).toBe(true);
    expect(record({ decodedBytes: 0, bodySha256: null })['isEmpty']).toBe(false);
  });

  it('of a page carried over leaves out what it does not know anew', () => {
    const carried = record({ status: 304, headers: [['etag', '"2"']] }, 'earlier');
    expect(carried).toMatchObject({ notModified: true, carriedFrom: 'earlier', etag: '"2"' });
    for (const name of ['lastModified', 'contentEncoding', 'sniffedType', 'truncated', 'isEmpty'])
      expect(carried).not.toHaveProperty(name);
  });
});
