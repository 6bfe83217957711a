import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { toStorableJson, toStorableText } from './storable-text.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

const TEXTS: readonly (readonly [string, string, string])[] = [
  ['a clean text', 'naïve 😀 日本', 'naïve 😀 日本'],
  ['NUL', 'a\0b\0', 'a\ufffdb\ufffd'],
  ['a lone high surrogate', 'a\ud83d b', 'a\ufffd b'],
  ['a lone low surrogate', '\ude00', '\ufffd'],
  ['surrogates the wrong way round', '\ude00\ud83d', '\ufffd\ufffd'],
  ['a pair beside a lone one', '😀\ud83d', '😀\ufffd'],
  ['the empty text', '', ''],
];

describe('toStorableText', () => {
  it.each(TEXTS)('%s is stored as expected', async (_name, text, expected) => {
    expect(toStorableText(text)).toBe(expected);
    const [row] = await db.app.withTenant(
      db.tenantId,
      ({ sql }) =>
        sql`select ${toStorableText(text)}::text as text, ${sql.json({ text: toStorableText(text) })}::jsonb as json`,
    );
    expect(row).toEqual({ text: expected, json: { text: expected } });
  });

  it('a megabyte with nothing to replace is the same string', () => {
    const long = 'é'.repeat(1_000_000);
    expect(toStorableText(long)).toBe(long);
  });
});

describe('toStorableJson', () => {
  it('replaces in names and values at any depth, and PostgreSQL takes the result', async () => {
    const value = { 'na\0me': ['x\ud800', { deep: '\0' }], clean: [1, true, null] };
    const storable = toStorableJson<unknown>(value);
    const [row] = await db.app.withTenant(
      db.tenantId,
      ({ sql }) => sql`select ${JSON.stringify(storable)}::jsonb as json`,
    );
    expect(row?.['json']).toEqual({ 'na\ufffdme': ['x\ufffd', { deep: '\ufffd' }], clean: [1, true, null] });
  });

  it('a clean value is not copied', () => {
    const clean = { a: [{ b: 'c' }] };
    expect(toStorableJson(clean)).toBe(clean);
  });

  it('a name that objects treat as special stays a plain name', () => {
    const value = JSON.parse('{"__proto__": {"x": "\\u0000"}}') as object;
    expect(JSON.stringify(toStorableJson(value))).toBe('{"__proto__":{"x":"\ufffd"}}');
  });
});
