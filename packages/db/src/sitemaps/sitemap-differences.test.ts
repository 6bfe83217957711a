import { newId, type SitemapDifference, urlKey } from '@outrider/shared';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Place } from '../cursors/slice.js';
import { indexInlinks } from '../links/index-inlinks.js';
import { plantExecution } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { type ComparisonFilter, listSitemapComparison } from './compare-sitemaps.js';
import { storeSitemapDifferences, takeUncomparedExecution } from './sitemap-differences.js';

/** More than two rows of keys on either side. */
const URLS = Array.from({ length: 1_300 }, (_, number) => `https://a.test/${number}`);

let db: TestDatabase;
let executionId: string;

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  ({ executionId } = await plantExecution(db, { seeds: [] }));
  const keys = URLS.map(urlKey);
  await db.app.withTenant(db.tenantId, async ({ sql }) => {
    await sql`
      insert into url_discovery_log (execution_id, url_hash, tenant_id, campaign_id, discovered_url, host,
        discovery_method, url_depth, is_internal, should_crawl)
      select id, key, tenant_id, campaign_id, url, 'a.test', 'sitemap', 0, true, true
      from campaign_executions, unnest(${keys}::uuid[], ${URLS}::text[]) as planted (key, url) where id = ${executionId}`;
    // The sitemap names the first 700; one page names itself and the last 700.
    await sql`
      insert into sitemap_urls (execution_id, url_key, sitemap_id, tenant_id)
      select ${executionId}, key, ${newId()}, ${db.tenantId} from unnest(${keys.slice(0, 700)}::uuid[]) as key`;
    await sql`
      insert into crawl_links (execution_id, source_key, tenant_id, link_count, target_keys, links)
      values (${executionId}, ${keys[0] ?? ''}, ${db.tenantId}, 701, ${[keys[0] ?? '', ...keys.slice(600)]}::uuid[],
        '{"urls":[],"links":[]}')`;
  });
});
afterAll(() => db.drop());

async function difference(set: SitemapDifference, limit: number): Promise<string[]> {
  const found: string[] = [];
  let after: Place | null = null;
  do {
    const filter: ComparisonFilter = { executionId, set, limit, after, rowsLookedAt: 100 };
    const { slice } = await db.app.withTenant(db.tenantId, (tx) => listSitemapComparison(tx, filter));
    found.push(...slice.items.map(({ urlKey: key }) => key));
    after = slice.next;
  } while (after !== null);
  return found;
}

it('differences are the same whether they are searched or stored, and each URL comes once', async () => {
  const take = () => db.system.withSystem((tx) => takeUncomparedExecution(tx));
  expect(await take()).toBeNull();
  await db.system.withSystem((tx) => indexInlinks(tx, executionId));
  expect(await take()).toBe(executionId);
  const read = async () => ({
    named: await difference('in_sitemap_not_linked', 170),
    linked: await difference('linked_not_in_sitemap', 511),
  });
  const searched = await read();
  // A page that only itself names is not linked.
  expect(searched.named).toEqual(URLS.slice(0, 600).map(urlKey).sort());
  expect(searched.linked).toEqual(URLS.slice(700).map(urlKey).sort());
  await db.system.withSystem((tx) => storeSitemapDifferences(tx, executionId));
  expect(await take()).toBeNull();
  const [rows] = await db.system.withSystem(
    (tx) => tx.sql<{ n: number }[]>`select count(*)::int as n from sitemap_differences`,
  );
  expect(rows?.n).toBe(6);
  expect(await read()).toEqual(searched);
});
