import { type PageLink, urlKey } from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Place, Slice } from '../cursors/slice.js';
import { plantExecution } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { indexInlinks, takeUnindexedExecution } from './index-inlinks.js';
import { countInlinkSources } from './inlink-sources.js';
import { listPageLinks } from './list-page-links.js';
import type { PageLinkRecord } from './page-link-record.js';
import { encodePageLinks } from './page-links.js';

const HOME = 'https://a.test/';
/** More than two rows of inlinks. */
const PAGES = Array.from({ length: 600 }, (_, number) => `https://a.test/${number}`);

let db: TestDatabase;
let executionId: string;

function linkTo(url: string, ordinal: number): PageLinkRecord {
  return {
    ordinal,
    targetKey: urlKey(url),
    targetUrl: url,
    rawHref: url,
    linkType: ordinal === 1 ? 'canonical' : 'hyperlink',
    ...{ isInternal: true, follow: true, rel: null, anchorText: 'Home', altText: null, problem: null },
    position: 'content',
    origin: 'html',
    pathType: 'absolute',
  };
}

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  ({ executionId } = await plantExecution(db, { seeds: [HOME] }));
  await db.app.withTenant(db.tenantId, async ({ sql }) => {
    for (const url of PAGES) {
      // Twice to the home page, and once to the next page, which is linked by this one alone.
      const next = `https://a.test/${Number(url.slice(HOME.length)) + 1}`;
      const page = encodePageLinks([linkTo(HOME, 0), linkTo(HOME, 1), linkTo(next, 2)]);
      await sql`
        insert into crawl_links (execution_id, source_key, tenant_id, link_count, target_keys, links)
        values (${executionId}, ${urlKey(url)}, ${db.tenantId}, ${page.length}, ${`{${page.targetKeys}}`}::uuid[], ${page.text})`;
    }
  });
});

afterAll(() => db.drop());

/** Every inlink of a URL, read a page of `limit` at a time. */
function inlinks(url: string, limit: number, linkType?: string): Promise<string[]> {
  return db.app.withTenant(db.tenantId, async (tx) => {
    const found: string[] = [];
    let after = null;
    do {
      const filter = { executionId, urlKey: urlKey(url), direction: 'in', limit, after, linkType } as const;
      const { items, next } = await listPageLinks(tx, filter);
      expect(items.length).toBeLessThanOrEqual(limit);
      found.push(...items.map((link) => `${link.sourceKey} ${link.ordinal}`));
      after = next;
    } while (after !== null);
    return found;
  });
}

/** How many links each answer has until the last, for a kind of link that no page has. */
function answersInVain(): Promise<number[]> {
  const filter = {
    executionId,
    urlKey: urlKey(HOME),
    direction: 'in',
    limit: 10,
    linkType: 'image',
  } as const;
  return db.app.withTenant(db.tenantId, async (tx) => {
    const answers: number[] = [];
    let after: Place | null = null;
    do {
      const { items, next }: Slice<PageLink> = await listPageLinks(tx, { ...filter, after });
      answers.push(items.length);
      after = next;
    } while (after !== null);
    return answers;
  });
}

describe('inlinks', () => {
  it('are the same whether the pages are searched or their index is read, and each comes once', async () => {
    const expected = PAGES.flatMap((url) => [`${urlKey(url)} 0`, `${urlKey(url)} 1`]).sort();
    const read = async () => ({
      home: await inlinks(HOME, 170),
      // The first slice ends between the two links of the last page of a row of the index.
      cut: await inlinks(HOME, 511),
      canonical: await inlinks(HOME, 170, 'canonical'),
      single: await inlinks('https://a.test/7', 10),
      last: await inlinks('https://a.test/600', 10),
      count: await db.app.withTenant(db.tenantId, (tx) => countInlinkSources(tx, executionId, urlKey(HOME))),
    });
    const searched = await read();
    expect(searched.home).toEqual(expected);
    expect(searched.cut).toEqual(expected);
    expect(searched.canonical).toEqual(expected.filter((place) => place.endsWith(' 1')));
    expect(searched.single).toEqual([`${urlKey('https://a.test/6')} 2`]);
    expect(searched.count).toBe(600);
    // Of a kind that hardly any page has they are looked for in 64 pages an answer, and the cursor goes on from there.
    expect(await answersInVain()).toEqual(Array(10).fill(0));

    await db.system.withSystem((tx) => indexInlinks(tx, executionId));
    const [rows] = await db.system.withSystem(
      (tx) => tx.sql<{ home: number; all: number }[]>`
        select count(*) filter (where target_key = ${urlKey(HOME)})::int as home, count(*)::int as all from crawl_inlinks`,
    );
    expect(rows).toEqual({ home: 3, all: 603 });
    expect(await read()).toEqual(searched);
    // In 128 where they are looked up.
    expect(await answersInVain()).toEqual(Array(5).fill(0));
  });

  it('are made for executions that have ended, once', async () => {
    const { executionId: other } = await plantExecution(db, { seeds: ['https://b.test/'] });
    const take = () => db.system.withSystem((tx) => takeUnindexedExecution(tx));
    expect(await take()).toBeNull();
    await db.system.withSystem(
      ({ sql }) =>
        sql`update campaign_executions set status = 'cancelled', completed_at = now(), end_reason = 'cancelled' where id = ${other}`,
    );
    expect(await take()).toBe(other);
    await db.system.withSystem((tx) => indexInlinks(tx, other));
    expect(await take()).toBeNull();
  });
});
