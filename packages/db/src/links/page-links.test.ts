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
import { decodeLinksTo, decodePageLinks } from './decode-page-links.js';
import type { PageLinkRecord } from './page-link-record.js';
import { encodePageLinks, type PageLinks } from './page-links.js';

const text = fc.string({ unit: 'binary', maxLength: 20 });
const target = fc.option(
  fc.constantFrom('https://a.test/', 'https://a.test/b', 'https://a.test/bc', 'https://c.test/?q="\\'),
);
const link: fc.Arbitrary<Omit<PageLinkRecord, 'ordinal'>> = fc
  .record({
    target,
    rawHref: fc.oneof(
      text,
      fc.constantFrom(
        '/',
        'b',
        '/b',
        '../..//a.test/b#c',
        '#c',
        'https://a.test/b',
        'https://a.test/b#',
        '?q="\\',
      ),
    ),
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

  it('are small: a URL is told by the one before it, a reference by its URL, a link by its reference', () => {
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
      { ...link(3, 'https://a.test/b/d.html', '../d.html#e'), anchorText: 'D' },
      { ...link(4, 'https://a.test/b/d.html', '../d.html#e'), anchorText: 'E' },
      link(5, 'https://a.test/b/c.html', 'c.html'),
    ];
    const stored = encodePageLinks(links);
    expect(JSON.parse(stored.text)).toEqual({
      v: 3,
      u: ['https://a.test/b/', 17, 'c.html', 17, 'd.html'],
      h: [0, './', 1, 6, 2, 9, 2, 7, '..#e'],
      l: [expect.any(Number), 0, 1, 2, 3, 'D', 3, 'E', 1],
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

  it('come back where one reference leads to two URLs, as one of a header and one of a page with a base may', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(target, fc.constantFrom('b', '#b')), { maxLength: 8 }), (pairs) => {
        const links = pairs.map(([url, rawHref], ordinal) => ({
          ...{ ordinal, targetUrl: url, targetKey: url === null ? null : urlKey(url), rawHref },
          ...({ linkType: 'next', isInternal: false, follow: true, rel: null, anchorText: null } as const),
          ...({
            altText: null,
            position: 'content',
            pathType: 'relative',
            problem: null,
            origin: 'html',
          } as const),
        }));
        expect(decodePageLinks(asRow(encodePageLinks(links)))).toEqual(links);
      }),
    );
  });

  it('of the second form are still read', () => {
    const stored = `{"v":2,"u":["https://a.test/x",15,"y"],"l":[[0,2,75,"X","nofollow"],[1,"/y",75],[-1,"mailto:a",84096,null,"","alt"]],"o":[0,1,5]}`;
    expect(decodePageLinks({ targetKeys: ['k', 'l'], text: stored })).toMatchObject([
      {
        ordinal: 0,
        targetKey: 'k',
        targetUrl: 'https://a.test/x',
        rawHref: '/x',
        anchorText: 'X',
        rel: 'nofollow',
      },
      {
        ordinal: 1,
        targetKey: 'l',
        targetUrl: 'https://a.test/y',
        rawHref: '/y',
        anchorText: null,
        rel: null,
      },
      {
        ...{
          ordinal: 5,
          targetKey: null,
          targetUrl: null,
          rawHref: 'mailto:a',
          linkType: 'other',
          rel: null,
        },
        ...{ altText: 'alt', problem: 'unsupported_scheme', origin: 'both', position: 'content' },
      },
    ]);
    expect(decodeLinksTo({ targetKey: 'l', place: 1, text: stored })).toMatchObject([{ ordinal: 1 }]);
  });

  it('of a form that is not known are an error that says so', () => {
    const read = () => decodePageLinks({ targetKeys: [], text: '{"v":4,"u":[],"l":[]}' });
    expect(read).toThrow('stored links have a form that this version does not know: {"v":4');
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
