import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import type { PageContent } from './page-content.js';
import { createPageParser } from './page-parser.js';

type Headers = readonly (readonly [string, string])[];

function parse(
  chunks: readonly Uint8Array[],
  contentType: string | null,
  headers: Headers = [],
): PageContent {
  const parser = createPageParser({ url: 'http://site.example/a/b', contentType, headers });
  for (const chunk of chunks) parser.write(chunk);
  return parser.end();
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(strings);
}

const LONE_SURROGATE = /\p{Surrogate}/u;

function expectStorable(page: PageContent): void {
  for (const text of strings(page)) {
    expect(text.includes('\0') || LONE_SURROGATE.test(text)).toBe(false);
  }
}

const markup = fc.constantFrom(
  ...'<a href=|"|\'|>|/>|</a>|<|</|<!--|-->|--!>|<![CDATA[|]]>|<?|<!doctype|<title>|</title>|<script>|</script>'.split(
    '|',
  ),
  ...'<svg>|</svg>|<nav>|</nav>|<h1>|</h1>|<p>|<img alt=|<link rel=canonical href=|<base href=|<template>|</template>'.split(
    '|',
  ),
  ...'<textarea>|</textarea>|<plaintext>|<table><td>|</table>|<meta charset=utf-16>|<meta name=robots content='.split(
    '|',
  ),
  ...'&amp;|&amp|&notit;|&#x0;|&#xd800;|&#128512;|&#|&#x|&|&&|&CounterClockwiseContourIntegral;|😀|é|漢|\0|\t|\n| |=|/|x'.split(
    '|',
  ),
  ...'<head>|</head>|<noscript>|</noscript>|<main>|</main>|<article>|<form>|</form>|<br/>|. |<h3>|<meta property=|</p>'.split(
    '|',
  ),
  ...'<script type=application/ld+json>|{"@type":|"A"|}|[|]|,|<div itemscope |itemtype=|itemprop=x |<i typeof=|>'.split(
    '|',
  ),
  '\ud83d',
  '\ude00',
);
const soup = fc.array(fc.oneof({ weight: 8, arbitrary: markup }, fc.string({ unit: 'binary' })), {
  maxLength: 60,
});
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
const labels = fc.constantFrom(
  null,
  ...[
    'utf-8',
    'utf-16le',
    'utf-16be',
    'windows-1252',
    'shift_jis',
    'gb18030',
    'big5',
    'euc-kr',
    'iso-2022-jp',
    'x-no',
  ],
);

function contentType(label: string | null): string | null {
  return label === null ? null : `text/html; charset=${label}`;
}

describe('any bytes in any cut', () => {
  it('random bytes give one clean record in every encoding', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), sizes, labels, (bytes, pieces, label) => {
        const whole = parse([bytes], contentType(label));
        expectStorable(whole);
        expect(parse(cut(bytes, pieces), contentType(label))).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  it.each(['utf-8', 'utf-16le', 'shift_jis', 'gb18030'])(
    'documents of many pieces in %s are the same in one chunk as in a hundred',
    (name) => {
      const long = (text: string) => `<p>${text.repeat(20_000)}<a href="/${text}">${text}</a>`;
      const html = `<title>x</title>${long('漢字')}${long('x> ')}${'<b>漢</b>'.repeat(9_000)}<a href=/end>end</a>`;
      const bytes = iconv.encode(html, name);
      const whole = parse([bytes], contentType(name));
      expect(whole.links.map(({ anchorText }) => anchorText)).toEqual(['漢字', 'x>', 'end']);
      expect(whole.text.length).toBe(40_000 + 1 + 2 + 1 + 59_999 + 1 + 2 + 9_000 + 3);
      expect(parse(cut(bytes, [4_001]), contentType(name))).toEqual(whole);
    },
  );

  it('markup soup gives one clean record', () => {
    fc.assert(
      fc.property(soup, sizes, fc.boolean(), (parts, pieces, padded) => {
        // Beyond the first 1,024 bytes the chunks reach the tokenizer as they were cut.
        const bytes = Buffer.from((padded ? ' '.repeat(1_024) : '') + parts.join(''));
        const whole = parse([bytes], null);
        expectStorable(whole);
        const head = padded ? [bytes.subarray(0, 1_024)] : [];
        const chunks = [...head, ...cut(bytes.subarray(padded ? 1_024 : 0), pieces)];
        expect(parse(chunks, null)).toEqual(whole);
      }),
      { numRuns: 2_000 },
    );
  });

  it('markup soup in UTF-16 with lone surrogates gives one clean record', () => {
    fc.assert(
      fc.property(soup, sizes, fc.constantFrom('utf-16le', 'utf-16be'), (parts, pieces, name) => {
        const bytes = iconv.encode(' '.repeat(600) + parts.join(''), name);
        const whole = parse([bytes], contentType(name));
        expectStorable(whole);
        expect(parse(cut(bytes, pieces), contentType(name))).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  it('random headers give a clean record', () => {
    const name = fc.constantFrom('link', 'x-robots-tag', 'refresh', 'Link');
    const part = fc.constantFrom(
      '<',
      '>',
      ';',
      ',',
      '=',
      '"',
      'rel=canonical',
      'noindex',
      '0;url=',
      ':',
      '\\',
    );
    const value = fc
      .array(fc.oneof(part, fc.string({ unit: 'binary' }), fc.constantFrom('\0', '\ud800')))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), value, (headers, type) => {
        expectStorable(parse([], type, headers));
      }),
    );
  });
});
