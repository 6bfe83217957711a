import { hostOf, urlKey } from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { plantExecution } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { countStructure, keyAtShare } from './count-structure.js';

const PAGES: readonly (readonly [url: string, status: number, depth: number | null])[] = [
  ['https://a.test/', 200, 0],
  ['https://a.test/about', 200, 1],
  ['https://a.test/docs/', 200, 1],
  ['https://a.test/docs/one', 404, 2],
  ['https://a.test/docs/two?x=/not/a/folder', 301, 2],
  ['https://a.test/docs/deep/er/and/deeper/page', 500, 3],
  ['https://b.test/docs/one', 200, null],
];

let db: TestDatabase;
let executionId: string;

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  const planted = await plantExecution(db);
  executionId = planted.executionId;
  await db.app.withTenant(db.tenantId, async ({ sql }) => {
    for (const [url, status, depth] of PAGES) {
      await sql`
        insert into crawl_results (execution_id, url_key, tenant_id, campaign_id, url, host, depth, status_code, fetched_at,
          total_ms, wire_bytes, indexable, response)
        values (${executionId}, ${urlKey(url)}, ${db.tenantId}, ${planted.campaignId}, ${url}, ${hostOf(url)}, ${depth},
          ${status}, now(), 1, 1, true, '{}')`;
    }
  });
});
afterAll(() => db.drop());

const read = (id = executionId, pagesLookedAt = 1_000) =>
  db.app.withTenant(db.tenantId, (tx) => countStructure(tx, id, pagesLookedAt), { readOnly: true });

describe('the structure of a site', () => {
  it('counts pages by folder, with all that lies below, and by status', async () => {
    const { pages, complete, folders } = await read();
    expect([pages, complete]).toEqual([7, true]);
    expect(
      folders.map((of) => [
        `${of.host}/${of.folders.join('/')}`,
        of.pages,
        of['2xx'],
        of['3xx'],
        of['4xx'],
        of['5xx'],
      ]),
    ).toEqual([
      ['a.test/', 6, 3, 1, 1, 1],
      ['b.test/', 1, 1, 0, 0, 0],
      ['a.test/docs', 4, 1, 1, 1, 1],
      ['b.test/docs', 1, 1, 0, 0, 0],
      ['a.test/docs/deep', 1, 0, 0, 0, 1],
      ['a.test/docs/deep/er', 1, 0, 0, 0, 1],
    ]);
  });

  it('counts pages by clicks from a seed, those that only a sitemap names last', async () => {
    const { depths } = await read();
    expect(depths.map(({ depth, pages }) => [depth, pages])).toEqual([
      [0, 1],
      [1, 2],
      [2, 2],
      [3, 1],
      [null, 1],
    ]);
  });

  it('is made of pages with small keys where there are too many, and says so', async () => {
    await db.app.withTenant(
      db.tenantId,
      ({ sql }) =>
        sql`update execution_lanes set fetched = ${PAGES.length} where execution_id = ${executionId}`,
    );
    const below = PAGES.filter(([url]) => urlKey(url) < keyAtShare(5 / PAGES.length));
    expect(below.length).toBeLessThan(PAGES.length);
    const { pages, complete, folders } = await read(executionId, 5);
    expect([pages, complete]).toEqual([below.length, false]);
    expect(folders.filter((of) => of.folders.length === 0).reduce((sum, of) => sum + of.pages, 0)).toBe(
      below.length,
    );
    expect((await read(executionId, PAGES.length)).complete).toBe(true);
  });

  it('is empty before the first page', async () => {
    const { executionId: empty } = await plantExecution(db);
    expect(await read(empty)).toEqual({
      executionId: empty,
      pages: 0,
      complete: true,
      folders: [],
      depths: [],
    });
  });
});
