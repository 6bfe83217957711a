import { campaignConfig, newId } from '@outrider/shared';
import { expect, inject, it } from 'vitest';
import { createEmptyDatabase } from '../testing/empty-database.js';
import { rollbackMigrations } from './rollback-migrations.js';
import { runMigrations } from './run-migrations.js';

it('a campaign that was stored with an Accept-Encoding of its own loses it, and stays readable', async () => {
  const empty = await createEmptyDatabase(inject('postgresAdminUrl'));
  try {
    await runMigrations({ adminUrl: empty.url });
    await rollbackMigrations({ adminUrl: empty.url, to: '0038_workers_that_do_not_come' });
    const [tenantId, ...ids] = Array.from({ length: 4 }, newId);
    const stored = [
      { 'Accept-ENCODING': 'br' },
      { 'accept-encoding': 'br', 'X-Probe': '1' },
      { 'X-Probe': '2' },
    ];
    await empty.run(async (sql) => {
      await sql`insert into tenants (id, name) values (${tenantId ?? ''}, 'a tenant')`;
      for (const [index, headers] of stored.entries()) {
        const config = JSON.stringify({ ...campaignConfig.parse({}), fetch: { headers } });
        await sql`insert into crawler_campaigns (id, tenant_id, name, config)
          values (${ids[index] ?? ''}, ${tenantId ?? ''}, 'a campaign', ${config}::text::jsonb)`;
      }
    });
    await runMigrations({ adminUrl: empty.url });
    const rows = await empty.run(
      (sql) => sql<{ config: unknown }[]>`select config from crawler_campaigns order by id`,
    );
    expect(rows.map(({ config }) => campaignConfig.parse(config).fetch.headers)).toEqual([
      {},
      { 'X-Probe': '1' },
      { 'X-Probe': '2' },
    ]);
  } finally {
    await empty.drop();
  }
});
