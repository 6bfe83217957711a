import { getTableColumns, is, SQL } from 'drizzle-orm';
import { getTableConfig, PgDialect, PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { runAs } from '../testing/empty-database.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import * as schema from './tables.js';

interface ColumnFacts {
  type: string;
  nullable: boolean;
  default: string | null;
}
type Tables = Record<string, Record<string, ColumnFacts>>;

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

const dialect = new PgDialect();

function describedTables(): Tables {
  const tables = Object.values(schema).filter((table) => is(table, PgTable));
  return Object.fromEntries(
    tables.map((table) => [
      getTableConfig(table).name,
      Object.fromEntries(
        Object.values(getTableColumns(table)).map((column) => [
          column.name,
          {
            type: column.getSQLType(),
            nullable: !column.notNull,
            default: is(column.default, SQL) ? dialect.sqlToQuery(column.default).sql : null,
          },
        ]),
      ),
    ]),
  );
}

async function migratedTables(): Promise<Tables> {
  const rows = await runAs(
    db.url,
    (sql) => sql<
      { table: string; column: string; type: string; nullable: boolean; default: string | null }[]
    >`
      select table_name::text as table, column_name::text as column, is_nullable = 'YES' as nullable, column_default::text as default,
        case data_type when 'ARRAY' then format_type(substr(udt_name, 2)::regtype, null) || '[]' else data_type end as type
      from information_schema.columns
      where table_schema = 'public'
        and not (select relispartition from pg_class where pg_class.oid = format('public.%I', table_name)::regclass)
      order by table_name, ordinal_position`,
  );
  const tables: Tables = {};
  for (const { table, column, ...facts } of rows) {
    tables[table] = { ...tables[table], [column]: facts };
  }
  return tables;
}

it("Drizzle's tables are those of the migrated database: columns, types, nullability and defaults", async () => {
  const described = describedTables();
  expect(Object.keys(described).length).toBeGreaterThan(20);
  expect(described).toEqual(await migratedTables());
});
