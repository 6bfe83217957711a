import { describe, expect, it } from 'vitest';
import { parsePage } from '../testing/test-target.js';
import { readJsonLd } from './json-ld.js';

function read(html: string) {
  return parsePage('http://a.test/', html).structuredData;
}

function jsonLd(...blocks: string[]) {
  return read(blocks.map((block) => `<script type="application/ld+json">${block}</script>`).join(''));
}

const SCHEMA = '"@context":"https://schema.org"';

describe('JSON-LD', () => {
  it.each([
    [`{${SCHEMA},"@type":"Product","name":"x"}`, 1, ['Product']],
    [`{${SCHEMA},"@type":["Product","Car"],"offers":{"@type":"Offer"}}`, 1, ['Product', 'Car', 'Offer']],
    [`[{${SCHEMA},"@type":"A"},{${SCHEMA},"@type":"B"}]`, 2, ['A', 'B']],
    [`{${SCHEMA},"@graph":[{"@type":"A"},{"@type":"https://schema.org/B"},{"x":1}]}`, 2, ['A', 'B']],
    ['{"@context":{"name":{"@id":"http://x/name","@type":"@id"}},"@type":"http://x/T"}', 1, ['http://x/T']],
    [`{${SCHEMA},"\\u0040type":"A","n":[1,-0.5,1e400,true,null,""]}`, 1, ['A']],
    [
      `{${SCHEMA},"@type":"A","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}}}`,
      1,
      ['A'],
    ],
    [`{${SCHEMA},"@type":"A","@type":"B"}`, 1, ['A', 'B']],
  ])('%s', (block, itemCount, types) => {
    expect(jsonLd(block)).toEqual({
      itemCount,
      types: types.map((type) => ({ format: 'json_ld', type, count: 1 })),
      errors: [],
      errorCount: 0,
    });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each([
    ['{"a":1,}', 'syntax', 1, 8],
    ['{\n  "a": 1\n  "b": 2\n}', 'syntax', 3, 3],
    ['{"a":"x\ny"}', 'syntax', 1, 8],
    ['{"a":"\\x"}', 'syntax', 1, 7],
    ['{"a":"\\u12"}', 'syntax', 1, 7],
    ["{'a':1}", 'syntax', 1, 2],
    ['{"a":01}', 'syntax', 1, 7],
    ['{"a":undefined}', 'syntax', 1, 6],
    ['{"a":1} x', 'syntax', 1, 9],
    ['{"a":', 'syntax', 1, 6],
    ['<!-- {} -->', 'syntax', 1, 1],
    [' \n ', 'empty', 2, 2],
    ['"text"', 'not_an_object', 1, 7],
    ['{"@type":"Product"}', 'no_context', 1, 1],
  ])('%j is wrong: %s in line %i, column %i', (block, problem, line, column) => {
    expect(jsonLd(block)?.errors).toEqual([{ format: 'json_ld', problem, block: 1, line, column }]);
  });

  it('a block that does not parse declares nothing, and the next one is read', () => {
    expect(jsonLd(`{${SCHEMA},"@type":"A",}`, `{${SCHEMA},"@type":"B"}`)).toMatchObject({
      itemCount: 1,
      types: [{ type: 'B' }],
      errors: [{ block: 1 }],
    });
  });

  it('nesting is followed a hundred deep and no deeper (E10)', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(readJsonLd(nested(100)).problem).toBeNull();
    expect(readJsonLd(nested(101))).toMatchObject({ problem: 'too_deep', offset: 100 });
    expect(readJsonLd('{"a":'.repeat(100_000)).problem).toBe('too_deep');
  });

  it('a page is read up to a megabyte of it', () => {
    const large = `{${SCHEMA},"@type":"A","x":"${'y'.repeat(1_100_000)}"}`;
    expect(jsonLd(large)).toMatchObject({ itemCount: 0, errors: [{ problem: 'too_large', block: 1 }] });
  });

  it('a script within SVG, of another type, or never closed', () => {
    expect(read('<svg><script type="application/ld+json">{"@type":"A"}</script></svg>')).toBeNull();
    expect(read('<script type="application/json">{"@type":"A"}</script>')).toBeNull();
    expect(read(`<script type=" Application/LD+JSON ; charset=utf-8">{${SCHEMA},"@type":"A"}`)).toMatchObject(
      {
        itemCount: 1,
      },
    );
  });
});

describe('Microdata', () => {
  it('counts items that are no property of another, and the types of all', () => {
    expect(
      read(`<div itemscope itemtype="https://schema.org/Product"><span itemprop=name>x</span>
        <span itemprop=offers itemscope itemtype="http://schema.org/Offer"></span></div>
        <custom-element itemscope itemtype="https://schema.org/Product http://x.example/T"></custom-element><p itemscope>`),
    ).toEqual({
      itemCount: 3,
      types: [
        { format: 'microdata', type: 'Product', count: 2 },
        { format: 'microdata', type: 'Offer', count: 1 },
        { format: 'microdata', type: 'http://x.example/T', count: 1 },
      ],
      errors: [],
      errorCount: 0,
    });
  });

  it('a type without a scope, and one that is no URL, are errors', () => {
    expect(
      read('<div itemtype="https://schema.org/A"></div><div ITEMSCOPE itemtype="Product">')?.errors,
    ).toEqual([
      { format: 'microdata', problem: 'type_without_scope', value: 'https://schema.org/A' },
      { format: 'microdata', problem: 'type_not_a_url', value: 'Product' },
    ]);
  });

  it('within a template there is none', () => {
    expect(read('<template><div itemscope itemtype="https://schema.org/A"></template>')).toBeNull();
  });
});

describe('RDFa', () => {
  it('counts items that are no property of another, and the types of all', () => {
    expect(
      read(`<div vocab="https://schema.org/" typeof="Recipe"><span property=author typeof="schema:Person"></span></div>
        <a typeof="foaf:Agent other:X" href=/x>`),
    ).toMatchObject({
      itemCount: 2,
      types: [{ type: 'Recipe' }, { type: 'Person' }, { type: 'foaf:Agent' }, { type: 'other:X' }],
    });
  });
});

it('a page without structured data has none', () => {
  expect(
    read('<title>x</title><meta property="og:title" content=x><p id=itemscope class="typeof">'),
  ).toBeNull();
});
