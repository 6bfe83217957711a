import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { DISTANT_FUTURE, DISTANT_PAST, VALUE_CODECS } from './value-codecs.js';

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

it('null is an element like any other, and the word NULL is none', async () => {
  const values = {
    texts: ['a', null, 'NULL', ''],
    flags: [true, null],
    numbers: [null, 1],
    dates: [null, new Date(0)],
    documents: [JSON.stringify({ a: '"\\{},' }), null],
  };
  const row = await echo(
    (sql) => sql`select ${values.texts}::text[] as texts, ${values.flags}::boolean[] as flags,
      ${values.numbers}::int[] as numbers, ${values.dates}::timestamptz[] as dates,
      ${values.documents}::jsonb[] as documents, ${values.texts}::text[] = array['a', null, 'NULL', ''] as as_meant`,
  );
  expect(row).toEqual({ ...values, documents: [{ a: '"\\{},' }, null], as_meant: true });
});

it('no column and no function of ours has an array that would come back as text', async () => {
  const rows = await db.system.withSystem(
    ({ sql }) => sql<{ oid: number; name: string }[]>`
      select distinct type.oid::int as oid, type.typname as name from pg_type type
      where type.typcategory = 'A' and (
        exists (select from pg_attribute a join pg_class c on c.oid = a.attrelid
          where a.atttypid = type.oid and c.relnamespace = 'public'::regnamespace)
        or exists (select from pg_proc p where p.prorettype = type.oid and p.pronamespace = 'public'::regnamespace))`,
  );
  const told = Object.values(VALUE_CODECS).flatMap(({ from }) => from);
  expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(['_text', '_uuid']));
  expect(rows.filter(({ oid }) => !told.includes(oid))).toEqual([]);
});
