import {
  LINK_ORIGINS,
  LINK_POSITIONS,
  LINK_PROBLEMS,
  LINK_TYPES,
  PATH_TYPES,
  urlKey,
} from '@outrider/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PageLinkRecord } from './page-link-record.js';
import { decodeLinksTo, decodePageLinks, encodePageLinks, type PageLinks } from './page-links.js';

const text = fc.string({ unit: 'binary', maxLength: 20 });
const target = fc.option(
  fc.constantFrom('https://a.test/', 'https://a.test/b', 'https://a.test/bc', 'https://c.test/?q="\\'),
);
const link: fc.Arbitrary<Omit<PageLinkRecord, 'ordinal'>> = fc
  .record({
    target,
    rawHref: fc.oneof(text, fc.constantFrom('/', 'b', '/b', 'https://a.test/b', '?q="\\')),
    linkType: fc.constantFrom(...LINK_TYPES),
    isInternal: fc.boolean(),
    follow: fc.boolean(),
    rel: fc.option(fc.constantFrom('nofollow', 'ugc noopener')),
    anchorText: fc.option(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })),
    altText: fc.option(text),
    position: fc.constantFrom(...LINK_POSITIONS),
    pathType: fc.constantFrom(...PATH_TYPES),
    problem: fc.option(fc.constantFrom(...LINK_PROBLEMS)),
    origin: fc.constantFrom(...LINK_ORIGINS),
  })
  .map(({ target: url, ...rest }) => ({
    ...rest,
    targetUrl: url,
    isInternal: rest.isInternal && url !== null,
    targetKey: url === null ? null : urlKey(url),
  }));

/** What is read back of it. */
const asRow = ({ targetKeys, text: json }: PageLinks) => ({ targetKeys: targetKeys.split(','), text: json });

describe('stored links', () => {
  it('come back as they were, whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(link, { maxLength: 30 }), (drafts) => {
        const links = drafts.map((draft, index) => ({ ...draft, ordinal: index * 2 }));
        const stored = encodePageLinks(links);
        expect(stored.length).toBe(links.length);
        expect(decodePageLinks(asRow(stored))).toEqual(links);
      }),
    );
  });

  it('to one URL come back without the others', () => {
    fc.assert(
      fc.property(fc.array(link, { maxLength: 30 }), (drafts) => {
        const links = drafts.map((draft, index) => ({ ...draft, ordinal: index * 2 }));
        const row = asRow(encodePageLinks(links));
        const keys = new Set(links.flatMap(({ targetKey }) => targetKey ?? []));
        for (const targetKey of keys) {
          const place = row.targetKeys.indexOf(targetKey);
          expect(decodeLinksTo({ targetKey, place, text: row.text })).toEqual(
            links.filter((one) => one.targetKey === targetKey),
          );
        }
      }),
    );
  });

  it('are small: a URL is told by the one before it, a link by its URL', () => {
    const link = (ordinal: number, url: string, rawHref: string): PageLinkRecord => ({
      ...{
        ordinal,
        targetUrl: url,
        targetKey: urlKey(url),
        rawHref,
        linkType: 'hyperlink',
        isInternal: true,
      },
      ...{ follow: true, rel: null, anchorText: null, altText: null, position: 'content' },
      ...{ pathType: 'relative', problem: null, origin: 'html' },
    });
    const links = [
      link(0, 'https://a.test/b/', './'),
      link(1, 'https://a.test/b/c.html', 'c.html'),
      link(2, 'https://a.test/b/d.html', '/b/d.html'),
    ];
    const stored = encodePageLinks(links);
    expect(JSON.parse(stored.text)).toMatchObject({
      u: ['https://a.test/b/', 17, 'c.html', 17, 'd.html'],
      l: [
        [0, './', expect.any(Number)],
        [1, 6, expect.any(Number)],
        [2, 9, expect.any(Number)],
      ],
    });
    expect(decodePageLinks(asRow(stored))).toEqual(links);
  });

  it('name each target once', () => {
    const one: Omit<PageLinkRecord, 'ordinal'> = {
      ...{ targetUrl: 'https://a.test/', targetKey: urlKey('https://a.test/'), rawHref: '/' },
      linkType: 'hyperlink',
      ...{ isInternal: true, follow: true, rel: null, anchorText: 'Home', altText: null, problem: null },
      position: 'nav',
      origin: 'html',
      pathType: 'root_relative',
    };
    const { targetKeys, text: json } = encodePageLinks([0, 1, 2].map((ordinal) => ({ ...one, ordinal })));
    expect(targetKeys).toBe(one.targetKey);
    expect(json.split('https://a.test/')).toHaveLength(2);
  });

  it('keep their meaning over versions: the codes do not change', () => {
    const stored =
      '{"urls":["https://a.test/x"],"links":[[3,0,"/x",0,75,"X","nofollow","alt"],[4,-1,"mailto:a",20,2176,null]]}';
    expect(decodeLinksTo({ targetKey: 'k', place: 0, text: stored })).toMatchObject([{ ordinal: 3 }]);
    expect(decodePageLinks({ targetKeys: ['k'], text: stored })).toEqual([
      {
        ...{
          ordinal: 3,
          targetKey: 'k',
          targetUrl: 'https://a.test/x',
          rawHref: '/x',
          linkType: 'hyperlink',
        },
        ...{ isInternal: true, follow: true, rel: 'nofollow', anchorText: 'X', altText: 'alt' },
        ...{ position: 'header', pathType: 'root_relative', problem: null, origin: 'html' },
      },
      {
        ...{ ordinal: 4, targetKey: null, targetUrl: null, rawHref: 'mailto:a', linkType: 'other' },
        ...{ isInternal: false, follow: false, rel: null, anchorText: null, altText: null },
        ...{ position: 'content', pathType: 'absolute', problem: 'unsupported_scheme', origin: 'both' },
      },
    ]);
  });
});
