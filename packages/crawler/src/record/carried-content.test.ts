import { urlKey } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { carriedContent, freshenedHeaders } from './carried-content.js';

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

describe('what is carried over', () => {
  it('is read back with its links and directives', () => {
    const robots = [{ source: 'meta', agent: '*', directives: ['nofollow'] }];
    const content = carriedContent({ page: { indexing: { robots } }, links: [LINK] });
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
    expect(carriedContent({ page: { indexing }, links: [] })?.indexing.refresh).toEqual({
      source: 'meta',
      delaySeconds: 0,
      rawHref: 'b',
      targetUrl: 'http://a.test/b',
      problem: null,
    });
    expect(carriedContent({ page: {}, links: [] })?.indexing.robots).toEqual([]);
  });

  it('is nothing for what was not HTML', () => {
    expect(carriedContent({ page: null, links: [] })).toBeNull();
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
