import { urlKey } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { carriedContent, conditionalHeaders, freshenedHeaders } from './conditional-request.js';

const LINK = {
  ordinal: 0,
  targetKey: urlKey('http://a.test/b'),
  targetUrl: 'http://a.test/b',
  rawHref: 'b',
  linkType: 'hyperlink',
  isInternal: true,
  follow: false,
  rel: 'nofollow ugc',
  anchorText: null,
  altText: null,
  position: 'content',
  origin: 'html',
  pathType: 'relative',
  problem: null,
} as const;

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

describe('what is carried over', () => {
  it('is read back with its links and directives', () => {
    const robots = [{ source: 'meta', agent: '*', directives: ['nofollow'] }];
    const content = carriedContent({ page: { indexing: { robots } }, links: [LINK], headers: [] });
    expect(content?.indexing).toEqual({ robots, canonicals: [], hreflangs: [], refresh: null });
    expect(content?.links).toMatchObject([
      {
        type: 'hyperlink',
        targetUrl: 'http://a.test/b',
        follow: false,
        rel: ['nofollow', 'ugc'],
        anchorText: '',
      },
    ]);
  });

  it('may have left out what is empty', () => {
    const indexing = { refresh: { targetUrl: 'http://a.test/b', rawHref: 'b', source: 'meta' } };
    expect(carriedContent({ page: { indexing }, links: [], headers: [] })?.indexing.refresh).toEqual({
      source: 'meta',
      delaySeconds: 0,
      rawHref: 'b',
      targetUrl: 'http://a.test/b',
      problem: null,
    });
    expect(carriedContent({ page: {}, links: [], headers: [] })?.indexing.robots).toEqual([]);
  });

  it('is nothing for what was not HTML', () => {
    expect(carriedContent({ page: null, links: [], headers: [] })).toBeNull();
  });

  it('keeps the headers that the new answer does not renew', () => {
    const stored = [
      ['content-type', 'text/html'],
      ['etag', '"1"'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=1'],
    ] as const;
    const answered = [
      ['etag', '"2"'],
      ['set-cookie', 'a=2'],
    ] as const;
    expect(freshenedHeaders(stored, answered)).toEqual([['content-type', 'text/html'], ...answered]);
  });
});
