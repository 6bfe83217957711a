import { describe, expect, it } from 'vitest';
import { parseLinkHeader } from './link-header.js';
import { parseRefresh } from './refresh.js';
import { parseSrcset } from './srcset.js';

describe('Link header (RFC 8288)', () => {
  it.each<readonly [string, readonly (readonly [string, string, string | null])[]]>([
    ['</a>; rel=next', [['/a', 'next', null]]],
    [
      '</a>; rel="prev start"; title="x, <y>; rel=no", </b>;REL=Next',
      [
        ['/a', 'prev start', null],
        ['/b', 'next', null],
      ],
    ],
    ['<https://a.example/?x,y;z>; rel="canonical"', [['https://a.example/?x,y;z', 'canonical', null]]],
    ['</de> ; hreflang="de" ; rel = "alternate"', [['/de', 'alternate', 'de']]],
    ['</a>; rel=first; rel=second', [['/a', 'first', null]]],
    ['</a>; title="quote \\" inside"; rel=next', [['/a', 'next', null]]],
    ['</a>', []],
    ['</a', []],
    ['garbage, </a>; rel=next', [['/a', 'next', null]]],
    ['</a>; rel="open', [['/a', 'open', null]]],
  ])('%j', (value, links) => {
    expect(parseLinkHeader(value).map(({ href, rel, hreflang }) => [href, rel.join(' '), hreflang])).toEqual(
      links,
    );
  });

  it('holds at most 500 links', () => {
    expect(parseLinkHeader('<a>;rel=b,'.repeat(5_000))).toHaveLength(500);
  });
});

describe('refresh', () => {
  it.each([
    ['0;url=/x', 0, '/x'],
    ['5; URL = "/x y" trailing', 5, '/x y'],
    ["3, url='/x", 3, '/x'],
    ['7 /x', 7, '/x'],
    ['1.9;/x', 1, '/x'],
    ['.5;url=/x', 0, '/x'],
    ['\n 2 ;\t/x', 2, '/x'],
  ])('%j leads to its target', (content, delaySeconds, href) => {
    expect(parseRefresh(content)).toEqual({ delaySeconds, href });
  });

  it.each(['', '5', '5;', '5; url=', 'url=/x', '-1;url=/x', '5x;url=/y'])('%j leads nowhere', (content) => {
    expect(parseRefresh(content)).toBeNull();
  });
});

describe('srcset', () => {
  it.each<readonly [string, readonly string[]]>([
    ['a.png', ['a.png']],
    ['a.png 1x, b.png 2x', ['a.png', 'b.png']],
    [' , a.png 100w,b.png  200w ', ['a.png', 'b.png']],
    ['a,b.png 1x', ['a,b.png']],
    ['a.png, b.png', ['a.png', 'b.png']],
    ['a.png calc(1,2) , b.png', ['a.png', 'b.png']],
    ['', []],
    [',,, ', []],
  ])('%j', (srcset, urls) => {
    expect(parseSrcset(srcset)).toEqual(urls);
  });
});
