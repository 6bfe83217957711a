import { urlKey } from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { plantCampaign, plantExecution } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { listPageHistory } from './list-page-history.js';

const URL_SEEN = 'https://a.test/page';
/** Of each execution, the oldest first: what the URL answered with which text; null where it was not fetched. */
const ANSWERS: readonly (readonly [status: number, text: string | null] | null)[] = [
  [200, 'aa'],
  [200, 'aa'],
  null,
  [404, 'bb'],
  [200, null],
  null,
  [200, 'cc'],
];

let db: TestDatabase;
let campaignId: string;

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  campaignId = await plantCampaign(db);
  for (const answer of ANSWERS) {
    const { executionId } = await plantExecution(db, { campaignId });
    if (answer === null) continue;
    const [status, text] = answer;
    const hash = text === null ? null : Buffer.from(text, 'hex');
    await db.app.withTenant(
      db.tenantId,
      ({ sql }) => sql`
        insert into crawl_results (execution_id, url_key, tenant_id, campaign_id, url, host, depth, status_code, fetched_at,
          total_ms, wire_bytes, indexable, text_hash, title, response)
        values (${executionId}, ${urlKey(URL_SEEN)}, ${db.tenantId}, ${campaignId}, ${URL_SEEN}, 'a.test', 1, ${status}, now(),
          12.5, 1000, true, ${hash}, ${`Title ${status}`}, '{}')`,
    );
  }
});
afterAll(() => db.drop());

async function walk(limit: number, rowsLookedAt = 100) {
  const items = [];
  let after = null;
  do {
    const part = { campaignId, urlKey: urlKey(URL_SEEN), limit, after, rowsLookedAt };
    const slice: Awaited<ReturnType<typeof listPageHistory>> = await db.app.withTenant(
      db.tenantId,
      (tx) => listPageHistory(tx, part),
      { readOnly: true },
    );
    expect(slice.items.length).toBeLessThanOrEqual(limit);
    items.push(...slice.items);
    after = slice.next;
  } while (after !== null);
  return items;
}

describe('a URL over the executions of its campaign', () => {
  it('is told newest first, each with whether its text is that of the time before', async () => {
    const items = await walk(10);
    expect(
      items.map(({ executionNumber, statusCode, content }) => [executionNumber, statusCode, content]),
    ).toEqual([
      [7, 200, null],
      [5, 200, null],
      [4, 404, 'changed'],
      [2, 200, 'same'],
      [1, 200, 'first'],
    ]);
    expect(items[2]).toMatchObject({ title: 'Title 404', totalMs: 12.5, wireBytes: 1_000, indexable: true });
  });

  it('is the same however short the parts are', async () => {
    expect(await walk(1)).toEqual(await walk(10));
    expect(await walk(2)).toEqual(await walk(10));
  });

  it('passes executions that did not fetch it without looking at more of them than it may', async () => {
    const items = await walk(1, 2);
    expect(items.map(({ executionNumber }) => executionNumber)).toEqual([7, 5, 4, 2, 1]);
  });
});
