import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_JSON_DEPTH, parseStrictJson } from './strict-json.js';

describe('strict JSON', () => {
  it('is what JSON.parse makes of it, for all values without what is refused', () => {
    const value = fc
      .jsonValue({ maxDepth: 6 })
      .filter((json) => !/:-0[,}\]]|-0(?=[,}\]]|$)|__proto__|prototype/.test(JSON.stringify(json)));
    fc.assert(
      fc.property(value, (json) => {
        const text = JSON.stringify(json);
        let parsed: unknown;
        try {
          parsed = parseStrictJson(text);
        } catch {
          // Numbers past 2^53 and text with U+0000 are refused on purpose.
          expect(/\\u0000|\\ud[89a-f]|\d{16}|e[+-]?\d/i.test(text)).toBe(true);
          return;
        }
        expect(parsed).toEqual(JSON.parse(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}', 'the same name in different objects'],
    ['{"a":"\\"},{\\"a\\":[","b":"\\\\"}', 'text that looks like structure'],
    [`${'['.repeat(MAX_JSON_DEPTH)}${']'.repeat(MAX_JSON_DEPTH)}`, 'the deepest nesting'],
    ['{"constructor":{"a":1},"prototype":{}}', 'the two names apart'],
    ['"\\ud83e\\udd8a"', 'a whole surrogate pair, escaped'],
    ['[9007199254740991,-9007199254740991,1e15,0,0.5,-0.5]', 'numbers that are exact'],
    [' \n\t"x" ', 'blanks around'],
  ])('%s passes: %s', (text) => {
    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['{"a":{"b":[1,{"c":-0}]}}', 'a.b.1.c'],
    ['[[1e400]]', '0.0'],
    ['{"a":[1,2,"\\u0000"]}', 'a.2'],
    ['{"a":{"x\\ud800":1}}', 'a.x\ud800'],
    ['-0', ''],
  ])('names the field that is wrong in %s', (text, path) => {
    expect(() => parseStrictJson(text)).toThrow(
      expect.objectContaining({ code: 'validation_failed', fields: [expect.objectContaining({ path })] }),
    );
  });

  it('takes a megabyte in less than a second', () => {
    const text = JSON.stringify(
      Array.from({ length: 20_000 }, (_, index) => ({ a: `value ${index}`, b: [index, { c: 'x' }] })),
    );
    const started = performance.now();
    parseStrictJson(text);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
