import { serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { narrowJson } from './narrow-json.js';

/** V8's tag for a string kept in one byte for each character; one kept in two has another. */
const ONE_BYTE = '"'.charCodeAt(0);

/** Without the two bytes of the format's version, and the byte that may fill up to an even place. */
function tagOf(text: string): number | undefined {
  return serialize(text)
    .subarray(2)
    .find((byte) => byte !== 0);
}

describe('narrowJson', () => {
  it.each([
    ['plain text', { a: ['b', 1, null, true], c: { d: '' } }],
    ['Latin-1', { name: 'Größe à côté ÿ' }],
    ['quotation marks and dashes', { name: `“${'x'.repeat(40)}” – it’s` }],
    ['letters with a short number', { name: `Łódź, ${'x'.repeat(40)} это` }],
    ['pairs of surrogates', { name: `${'x'.repeat(60)}🔬` }],
    ['half a pair', { name: `${'x'.repeat(60)}\ud83d` }],
    ['what JSON escapes by itself', { name: 'a"b\\c\n\u0000\u001f\u007f\u2028'.padEnd(80, 'x') }],
    ['names', { [`${'x'.repeat(40)}’`]: 1 }],
    ['more than its own memory holds', { name: `’${'é'.repeat(200_000)}` }],
  ])('says the same as JSON, in one byte for each character: %s', (_name, value) => {
    const text = narrowJson(value);
    expect(JSON.parse(text)).toEqual(value);
    expect(tagOf(text)).toBe(ONE_BYTE);
  });

  it('is in one byte where it was cut from a text in two', () => {
    const page = `<a title="plain words of a link">’</a>`;
    const words = page.slice(10, 31);
    expect(tagOf(JSON.stringify({ words }))).not.toBe(ONE_BYTE);
    expect(tagOf(narrowJson({ words }))).toBe(ONE_BYTE);
  });

  it('escapes nothing where most would be', () => {
    const value = { name: 'これは日本語のページです' };
    expect(narrowJson(value)).toBe(JSON.stringify(value));
  });

  it('holds no control character, whatever it is made from', () => {
    expect(narrowJson({ name: '\u001f\u0000\n' })).toBe('{"name":"\\u001f\\u0000\\n"}');
  });
});
