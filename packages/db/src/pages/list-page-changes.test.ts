import { type PageChange, pageChange, urlKey } from '@outrider/shared';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Tx } from '../connect/database.js';
import type { Place } from '../cursors/slice.js';
import { plantCampaign, plantExecution, settleUrl } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { listPageChanges, type PageChangeFilter } from './list-page-changes.js';

const at = (path: string): string => `https://a.test/${path}`;
const SAME = Array.from({ length: 30 }, (_, n) => at(`same/${n}`));
const URLS = [...SAME, ...['gone', 'failed', 'new', 'moved', 'renamed', 'reworded'].map(at)];

let db: TestDatabase;
let earlier: string;
let later: string;

const within = <T>(work: (tx: Tx) => Promise<T>) => db.app.withTenant(db.tenantId, work);

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  const campaignId = await plantCampaign(db, { seeds: URLS });
  earlier = (await plantExecution(db, { campaignId, seeds: URLS })).executionId;
  later = (await plantExecution(db, { campaignId, seeds: URLS.filter((url) => url !== at('gone')) }))
    .executionId;
  await within(async (tx) => {
    for (const url of URLS.filter((one) => one !== at('new')))
      await settleUrl(tx, earlier, url, { fetched: 200 });
    for (const url of URLS.filter((one) => !['gone', 'failed', 'moved'].map(at).includes(one))) {
      await settleUrl(tx, later, url, { fetched: 200 });
    }
    await settleUrl(tx, later, at('failed'), { failed: 'timeout' });
    await settleUrl(tx, later, at('moved'), { fetched: 301 });
    await tx.sql`update crawl_results set title = 'Same', main_text_hash = '\x01'`;
    await tx.sql`
      update crawl_results set redirect_url = ${at('there')}, title = null, main_text_hash = null
      where execution_id = ${later} and url = ${at('moved')}`;
    await tx.sql`update crawl_results set title = 'Other' where execution_id = ${later} and url = ${at('renamed')}`;
    await tx.sql`
      update crawl_results set main_text_hash = '\x02' where execution_id = ${later} and url = ${at('reworded')}`;
  });
});
afterAll(() => db.drop());

async function changes(filter: Partial<PageChangeFilter> = {}): Promise<PageChange[]> {
  const found: PageChange[] = [];
  let after: Place | null = null;
  do {
    const slice: Awaited<ReturnType<typeof listPageChanges>> = await within((tx) =>
      listPageChanges(tx, { executionId: later, sinceId: earlier, limit: 50, after, ...filter }),
    );
    found.push(...slice.items);
    after = slice.next;
  } while (after !== null);
  return found;
}

const pathsOf = (found: readonly PageChange[]): string[] =>
  found.map(({ url }) => url.slice(at('').length)).sort();

it('a page is new, gone or changed, with what differs; those that are the same are left out', async () => {
  const found = await changes();
  expect(found.map((change) => pageChange.parse(change))).toEqual(found);
  const told = Object.fromEntries(
    found.map(({ url, kind, fields }) => [url.slice(at('').length), [kind, ...fields]]),
  );
  expect(told).toEqual({
    gone: ['gone'],
    failed: ['gone'],
    new: ['new'],
    moved: ['changed', 'status', 'redirect', 'title'],
    renamed: ['changed', 'title'],
    reworded: ['changed', 'text'],
  });
});

it('a page that is gone says how its URL stands now: it failed, or was not met at all', async () => {
  const found = await changes({ kind: 'gone' });
  const instead = Object.fromEntries(found.map(({ url, instead }) => [url.slice(at('').length), instead]));
  expect(instead).toEqual({
    gone: null,
    failed: { state: 'failed', failureCode: 'timeout', skipReason: null },
  });
  const [fresh] = await changes({ kind: 'new' });
  expect(fresh?.instead).toMatchObject({ state: 'pending' });
});

it('filters by what differs and by a part of the URL', async () => {
  expect(pathsOf(await changes({ field: 'title' }))).toEqual(['moved', 'renamed']);
  expect(pathsOf(await changes({ urlContains: 'WORD' }))).toEqual(['reworded']);
});

it.each([1, 2, 3, 7, 100])(
  'looking at %i rows at a time finds each change once, in the order of keys',
  async (rowsLookedAt) => {
    const whole = ['failed', 'gone', 'moved', 'new', 'renamed', 'reworded'];
    for (const limit of [1, 2, 50]) {
      const found = await changes({ rowsLookedAt, limit });
      expect(pathsOf(found)).toEqual(whole);
      const keys = found.map(({ url }) => urlKey(url));
      expect(keys).toEqual([...keys].sort());
    }
  },
);

it('the other way round, what was new is gone', async () => {
  const found = await changes({ executionId: earlier, sinceId: later, kind: 'gone' });
  expect(pathsOf(found)).toEqual(['new']);
});
