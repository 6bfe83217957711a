import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { type ArrayElement, arrayLiteral, columnLiteral } from './array-literal.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});

afterAll(async () => {
  await db.drop();
});

async function readBack(type: 'text' | 'float8' | 'boolean', values: ArrayElement[]): Promise<unknown[]> {
  const literal = arrayLiteral(values);
  const rows = await db.system.withSystem((tx) => {
    switch (type) {
      case 'text':
        return tx.sql`select value from unnest(${literal}::text[]) with ordinality as u (value, n) order by n`;
      case 'float8':
        return tx.sql`select value from unnest(${literal}::float8[]) with ordinality as u (value, n) order by n`;
      case 'boolean':
        return tx.sql`select value from unnest(${literal}::boolean[]) with ordinality as u (value, n) order by n`;
    }
  });
  return rows.map((row: Record<string, unknown>) => row['value']);
}

describe('an array literal', () => {
  it('brings every text back as it was', async () => {
    const texts = [
      '',
      'plain',
      'a,b',
      '{}',
      'null',
      'NULL',
      ' space ',
      '"',
      '\\',
      '\\"\\\\"',
      "it's",
      '\n\t',
      'é😀',
    ];
    expect(await readBack('text', texts)).toEqual(texts);
  });

  it('tells a missing element from the word', async () => {
    expect(await readBack('text', ['null', null, 'x', null])).toEqual(['null', null, 'x', null]);
  });

  it('brings numbers and truth values back', async () => {
    const numbers = [0, -1, 1.5, 1e21, 2 ** 53 - 1, null];
    expect(await readBack('float8', numbers)).toEqual(numbers);
    expect(await readBack('boolean', [true, false, null])).toEqual([true, false, null]);
  });

  it('of nothing is empty', async () => {
    expect(await readBack('text', [])).toEqual([]);
  });

  it('takes one column of many rows', () => {
    expect(columnLiteral([{ n: 1 }, { n: 2 }], ({ n }) => n)).toBe('{1,2}');
  });
});
