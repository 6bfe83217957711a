import { describe, expect, it } from 'vitest';
import { conditionalHeaders } from './conditional-request.js';

describe('a conditional request', () => {
  const version = (etag: string | null, lastModified: string | null = null) => ({
    executionId: 'x',
    etag,
    lastModified,
  });

  it('names both validators as the server sent them', () => {
    const date = 'Tue, 01 Jan 2030 12:00:00 GMT';
    expect(conditionalHeaders(version('W/"a b"', date))).toEqual({
      'if-none-match': 'W/"a b"',
      'if-modified-since': date,
    });
  });

  it('is a plain one for a page that was not known', () => {
    expect(conditionalHeaders(undefined)).toEqual({});
  });

  it.each(['', 'a\r\nb', '"caf\u00e9"', ' a', `"${'x'.repeat(1_100)}"`])(
    'leaves out the validator %j',
    (etag) => {
      expect(conditionalHeaders(version(etag))).toEqual({});
    },
  );
});
