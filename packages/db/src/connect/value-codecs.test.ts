import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { DISTANT_FUTURE, DISTANT_PAST } from './value-codecs.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

async function echo(
  select: (
    sql: Parameters<Parameters<typeof db.app.withTenant>[1]>[0]['sql'],
  ) => PromiseLike<readonly object[]>,
) {
  const [row] = await db.app.withTenant(db.tenantId, async ({ sql }) => select(sql));
  return row;
}

it('timestamps are dates, and strings are taken too', async () => {
  const moment = new Date('2026-02-03T04:05:06.789Z');
  const row = await echo(
    (sql) => sql`select ${moment}::timestamptz as date, ${'2026-02-03 04:05:06.789+00'}::timestamptz as text`,
  );
  expect(row).toEqual({ date: moment, text: moment });
});

it('infinite timestamps are the ends of what a date can hold, both ways', async () => {
  const row = await echo(
    (sql) => sql`select '-infinity'::timestamptz as past, 'infinity'::timestamptz as future,
      ${DISTANT_PAST}::timestamptz = '-infinity' as past_in, ${DISTANT_FUTURE}::timestamptz = 'infinity' as future_in`,
  );
  expect(row).toEqual({ past: DISTANT_PAST, future: DISTANT_FUTURE, past_in: true, future_in: true });
});

it('counts are numbers, up to 2^53', async () => {
  const row = await echo((sql) => sql`select ${9_007_199_254_740_991}::bigint as most`);
  expect(row).toEqual({ most: 9_007_199_254_740_991 });
});

it('documents come back parsed, whether an object or JSON text went in', async () => {
  const document = { type: 'x', value: [1, null, 'ü'] };
  const row = await echo(
    (sql) => sql`select ${sql.json(document)}::jsonb as object, ${JSON.stringify(document)}::jsonb as text,
      ${[JSON.stringify(document)]}::jsonb[] as list, ${JSON.stringify('word')}::jsonb as word`,
  );
  expect(row).toEqual({ object: document, text: document, list: [document], word: 'word' });
});

it('arrays of every type of ours travel plainly', async () => {
  const values = {
    texts: ['a"b', 'c\\d{},', ''],
    flags: [true, false],
    numbers: [1, -2],
    dates: [new Date(0)],
    bytes: [Buffer.from([0, 255])],
    none: [] as boolean[],
  };
  const row = await echo(
    (sql) => sql`select ${values.texts}::text[] as texts, ${values.flags}::boolean[] as flags,
      ${values.numbers}::bigint[] as numbers, ${values.dates}::timestamptz[] as dates,
      ${values.bytes}::bytea[] as bytes, ${values.none}::boolean[] as none`,
  );
  expect(row).toEqual(values);
});

it('null is an element like any other on its way in', async () => {
  const row = await echo(
    (sql) => sql`select ${['a', null]}::text[] = array['a', null] as texts,
      ${[true, null]}::boolean[] = array[true, null] as flags, ${[null, 1]}::int[] = array[null, 1] as numbers`,
  );
  expect(row).toEqual({ texts: true, flags: true, numbers: true });
});
