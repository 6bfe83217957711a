import { randomUUID } from 'node:crypto';
import { newId } from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { runAs } from '../testing/empty-database.js';
import { createTestDatabase, insertTestTenant, type TestDatabase } from '../testing/test-database.js';
import { findUnprotectedTables } from './find-unprotected-tables.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

/** The tables with a column of that name, without partitions. */
async function tablesWith(column: string): Promise<string[]> {
  const rows = await runAs(
    db.url,
    (sql) => sql<{ name: string }[]>`
      select relname::text as name from pg_class join pg_attribute on attrelid = pg_class.oid and attname = ${column}
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and not attisdropped
      order by relname`,
  );
  return rows.map((row) => row.name);
}

describe('K08: tenant isolation in the catalogue', () => {
  it('every table and partition with data of tenants is protected', async () => {
    expect(await tablesWith('tenant_id')).toContain('crawl_results');
    expect(await findUnprotectedTables({ adminUrl: db.url })).toEqual([]);
  });

  const mistakes: readonly (readonly [string, string, string, string])[] = [
    [
      'a new table nobody protected',
      'create table t (tenant_id uuid)',
      't',
      'lacks the policy tenant_isolation',
    ],
    ['a table without tenant_id', 'create table t (execution_id uuid)', 't', 'has no tenant_id'],
    [
      'security not enabled',
      'alter table campaign_seeds disable row level security',
      'campaign_seeds',
      'not enabled',
    ],
    [
      'security not forced',
      'alter table crawl_links no force row level security',
      'crawl_links',
      'not forced',
    ],
    [
      'security missing on a partition',
      'alter table crawl_links_default disable row level security',
      'crawl_links_default',
      'not enabled',
    ],
    [
      'rights on a partition',
      'grant select on crawl_links_default to outrider_app',
      'crawl_links_default',
      'grants rights',
    ],
    [
      'a policy that lets everybody in',
      'create policy open on tenants using (true)',
      'tenants',
      'unknown policy open',
    ],
    [
      'a weaker policy under the same name',
      'drop policy tenant_isolation on api_keys; create policy tenant_isolation on api_keys to outrider_app using (true)',
      'api_keys',
      'lacks the policy tenant_isolation',
    ],
    ['a view with its owner’s rights', 'create view v as select * from tenants', 'v', 'security_invoker'],
  ];
  it.each(mistakes)('%s is reported', async (_name, mistake, table, problem) => {
    const copy = await createTestDatabase(inject('postgresAdminUrl'));
    await runAs(copy.url, (sql) => sql.unsafe(mistake));
    const found = await findUnprotectedTables({ adminUrl: copy.url });
    await copy.drop();
    expect(found).toContainEqual({ table, problem: expect.stringContaining(problem) as string });
  });

  it('protect_tenant_table is all a new table needs', async () => {
    const copy = await createTestDatabase(inject('postgresAdminUrl'));
    await runAs(copy.url, (sql) =>
      sql.unsafe("create table t (tenant_id uuid); select protect_tenant_table('t')"),
    );
    const found = await findUnprotectedTables({ adminUrl: copy.url });
    await copy.drop();
    expect(found).toEqual([]);
  });

  it('the roles own nothing, cannot log in, are no superusers and do not bypass row-level security', async () => {
    const roles = await runAs(
      db.url,
      (sql) => sql`
        select rolname::text as name, rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolcreatedb, rolinherit,
          exists (select from pg_class where relowner = pg_roles.oid) as owns,
          exists (select from pg_auth_members where member = pg_roles.oid) as is_member
        from pg_roles where rolname in ('outrider_app', 'outrider_system') order by rolname`,
    );
    const harmless = {
      ...{ rolsuper: false, rolbypassrls: false, rolcanlogin: false, rolcreaterole: false },
      ...{ rolcreatedb: false, rolinherit: false, owns: false, is_member: false },
    };
    expect([...roles]).toEqual([
      { name: 'outrider_app', ...harmless },
      { name: 'outrider_system', ...harmless },
    ]);
  });

  it.each(['outrider_app', 'outrider_system'] as const)('%s cannot make tables', async (role) => {
    const database = role === 'outrider_app' ? db.app : db.system;
    const making = database.withTenant(db.tenantId, ({ sql }) => sql`create table mine (id integer)`);
    await expect(making).rejects.toMatchObject({ code: '42501' });
  });

  it('the audit log can be added to and read, and nothing else', async () => {
    const add = ({ sql }: Parameters<Parameters<typeof db.app.withTenant>[1]>[0]) =>
      sql`insert into audit_log (id, tenant_id, action, subject_type) values (${newId()}, ${db.tenantId}, 'test', 'test')`;
    await db.app.withTenant(db.tenantId, add);
    for (const database of [db.app, db.system]) {
      const change = database.withTenant(
        db.tenantId,
        ({ sql }) => sql`update audit_log set action = 'other'`,
      );
      await expect(change).rejects.toMatchObject({ code: '42501' });
      const removal = database.withTenant(db.tenantId, ({ sql }) => sql`delete from audit_log`);
      await expect(removal).rejects.toMatchObject({ code: '42501' });
    }
  });
});

describe('K07: what a tenant sees', () => {
  it('without a tenant every table is empty, though none is', async () => {
    const tables = (await tablesWith('tenant_id')).concat('tenants');
    const nobody = randomUUID();
    const counts = await db.app.withTenant(nobody, async ({ sql }) => {
      await sql`select set_config('app.tenant_id', '', true)`;
      return Promise.all(
        tables.map(
          async (table) => (await sql<{ n: number }[]>`select count(*) as n from ${sql(table)}`)[0]?.n,
        ),
      );
    });
    expect(counts).toEqual(tables.map(() => 0));
    const [all] = await db.system.withSystem(
      ({ sql }) => sql<{ n: number }[]>`select count(*) as n from tenants`,
    );
    expect(all?.n).toBeGreaterThan(0);
  });

  it('a row cannot be written for another tenant, nor moved to one', async () => {
    const other = await insertTestTenant(db.system, 'other tenant');
    const insert = (tenantId: string) =>
      db.app.withTenant(
        db.tenantId,
        ({ sql }) =>
          sql`insert into idempotency_keys (tenant_id, key, request_hash) values (${tenantId}, 'k', '')`,
      );
    await expect(insert(other)).rejects.toMatchObject({ code: '42501' });
    await insert(db.tenantId);
    const move = db.app.withTenant(
      db.tenantId,
      ({ sql }) => sql`update idempotency_keys set tenant_id = ${other}`,
    );
    await expect(move).rejects.toMatchObject({ code: '42501' });
    const theirs = await db.app.withTenant(
      other,
      ({ sql }) => sql`update idempotency_keys set key = 'taken'`,
    );
    expect(theirs.count).toBe(0);
  });

  it('a partition cannot be read past its parent', async () => {
    const partitions = await runAs(
      db.url,
      (sql) => sql<{ name: string }[]>`
        select relname::text as name from pg_class where relispartition and relkind = 'r'`,
    );
    expect(partitions.length).toBeGreaterThan(20);
    for (const { name } of partitions) {
      const reading = db.app.withTenant(db.tenantId, ({ sql }) => sql`select from ${sql(name)}`);
      await expect(reading, name).rejects.toMatchObject({ code: '42501' });
    }
  });
});

describe('updated_at', () => {
  it('every table that has the column has the trigger', async () => {
    const tables = await tablesWith('updated_at');
    expect(tables).toContain('crawler_campaigns');
    const triggered = await runAs(
      db.url,
      (sql) => sql<{ name: string }[]>`
        select tgrelid::regclass::text as name from pg_trigger
        where tgfoid = 'set_updated_at'::regproc and tgtype & 19 = 19 and tgenabled = 'O' order by 1`,
    );
    expect(triggered.map((row) => row.name)).toEqual(tables);
  });

  it('moves by itself, whatever the update says', async () => {
    const [row] = await db.system.withSystem(
      ({ sql }) => sql<{ moved: boolean }[]>`
        update tenants set name = 'renamed', updated_at = '2000-01-01' where id = ${db.tenantId}
        returning updated_at > created_at as moved`,
    );
    expect(row?.moved).toBe(true);
  });
});

describe('partitions', () => {
  const months = async (table: string): Promise<string[]> => {
    const rows = await runAs(
      db.url,
      (sql) => sql<{ name: string }[]>`
        select inhrelid::regclass::text as name from pg_inherits where inhparent = ${table}::regclass order by 1`,
    );
    return rows.map((row) => row.name.slice(table.length + 1));
  };

  function monthFromNow(step: number): string {
    const now = new Date();
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + step, 1));
    return `${month.getUTCFullYear()}${String(month.getUTCMonth() + 1).padStart(2, '0')}`;
  }

  it('the migration makes this month and two more, and a default, for every heavy table', async () => {
    for (const table of [
      'crawl_targets',
      'crawl_results',
      'crawl_links',
      'crawl_inlinks',
      'url_discovery_log',
      'campaign_errors',
      'event_stream',
      'crawler_performance_metrics',
    ]) {
      expect(await months(table), table).toEqual([...[0, 1, 2].map(monthFromNow), 'default']);
    }
  });

  it('ensure_partitions makes months ahead, and again nothing', async () => {
    const ensure = () =>
      db.system.withSystem(({ sql }) => sql<{ made: number }[]>`select ensure_partitions(4) as made`);
    const tables = await runAs(db.url, (sql) => sql`select from partitioned_tables`);
    expect(tables.length).toBeGreaterThan(8);
    expect((await ensure())[0]?.made).toBe(2 * tables.length);
    expect((await ensure())[0]?.made).toBe(0);
    expect(await months('crawl_links')).toEqual([...[0, 1, 2, 3, 4].map(monthFromNow), 'default']);
    expect(await findUnprotectedTables({ adminUrl: db.url })).toEqual([]);
  });

  it('ensure_partitions is not for the app role', async () => {
    const making = db.app.withTenant(db.tenantId, ({ sql }) => sql`select ensure_partitions(1)`);
    await expect(making).rejects.toMatchObject({ code: '42501' });
  });

  /** A UUIDv7 of the moment. */
  function idAt(moment: Date): string {
    const hex = moment.getTime().toString(16).padStart(12, '0');
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${randomUUID().slice(24)}`;
  }

  async function partitionOf(executionId: string): Promise<string | undefined> {
    await db.app.withTenant(
      db.tenantId,
      ({ sql }) => sql`
        insert into crawl_targets (execution_id, url_key, tenant_id, url, host, depth)
        values (${executionId}, ${randomUUID()}, ${db.tenantId}, 'http://a/', 'a', 0)`,
    );
    const [row] = await db.app.withTenant(
      db.tenantId,
      ({ sql }) => sql<{ partition: string }[]>`
        select tableoid::regclass::text as partition from crawl_targets where execution_id = ${executionId}`,
    );
    return row?.partition;
  }

  it('a row goes to the month of its execution, and to the default where there is none', async () => {
    expect(await partitionOf(newId())).toBe(`crawl_targets_${monthFromNow(0)}`);
    expect(await partitionOf(idAt(new Date(Date.UTC(2020, 0, 15))))).toBe('crawl_targets_default');
    const now = new Date();
    const firstMoment = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
    expect(await partitionOf(idAt(firstMoment))).toBe(`crawl_targets_${monthFromNow(1)}`);
    expect(await partitionOf(idAt(new Date(firstMoment.getTime() - 1)))).toBe(
      `crawl_targets_${monthFromNow(0)}`,
    );
  });

  it('a month that has rows in the default partition stays there, and the others are made all the same', async () => {
    const now = new Date();
    const late = idAt(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 7, 15)));
    expect(await partitionOf(late)).toBe('crawl_targets_default');
    await db.system.withSystem(({ sql }) => sql`select ensure_partitions(8)`);
    expect(await months('crawl_targets')).not.toContain(monthFromNow(7));
    expect(await months('crawl_targets')).toContain(monthFromNow(8));
    expect(await months('crawl_links')).toContain(monthFromNow(7));
    expect(await partitionOf(late)).toBe('crawl_targets_default');
  });
});
