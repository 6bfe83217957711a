import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { fetched, type HeldLanes, holdLanes } from '../lanes/testing/held-lanes.js';
import { MAX_SCREENSHOT_BYTES, type Screenshot, type Settlement } from '../records/settlement.js';
import { createTestDatabase, insertTestTenant, type TestDatabase } from '../testing/test-database.js';
import { readPage } from './read-page.js';
import { readScreenshot } from './read-screenshot.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

const PICTURE: Screenshot = {
  format: 'webp',
  width: 1_280,
  height: 1_024,
  // Every byte, zeros and what looks like an escape among them.
  bytes: Buffer.concat([Buffer.from('RIFF\\x00'), Buffer.from(Array.from({ length: 256 }, (_, at) => at))]),
  takenAt: new Date('2026-05-04T03:02:01.000Z'),
};

let sites = 0;
/** A page that was fetched, with or without its picture. */
async function pictured(screenshot?: Screenshot, rendering: string | null = null) {
  sites += 1;
  const lanes = await holdLanes(db, { seeds: [`http://picture-${sites}.test/`] });
  const [target] = (await lanes.claim(0)).targets;
  if (target === undefined) throw new Error('one URL was wanted');
  const settlement = fetched(target, [], { rendering });
  if (settlement.verdict.kind !== 'fetched') throw new Error('fetched was wanted');
  const verdict = screenshot === undefined ? settlement.verdict : { ...settlement.verdict, screenshot };
  return { lanes, urlKey: target.urlKey, settlement: { ...settlement, verdict } satisfies Settlement };
}

const read = ({ within, executionId }: HeldLanes, urlKey: string) =>
  within((tx) => readScreenshot(tx, executionId, urlKey));

const rowsOf = async (executionId: string): Promise<number> =>
  (
    await db.system.withSystem(
      (tx) => tx.sql`select from page_screenshots where execution_id = ${executionId}`,
    )
  ).length;

describe('a screenshot', () => {
  it('is written with its page, byte for byte, and once however often the batch is sent', async () => {
    const { lanes, urlKey, settlement } = await pictured(PICTURE);
    await lanes.commit(0, [settlement]);
    await lanes.commit(0, [settlement]);
    expect(await read(lanes, urlKey)).toEqual({ format: 'webp', bytes: PICTURE.bytes });
    const page = await lanes.within((tx) => readPage(tx, lanes.executionId, urlKey));
    expect(page.screenshot).toEqual({
      format: 'webp',
      width: 1_280,
      height: 1_024,
      size: PICTURE.bytes.length,
      takenAt: '2026-05-04T03:02:01.000Z',
    });
  });

  it('leaves with its execution', async () => {
    const { lanes, settlement } = await pictured(PICTURE);
    await lanes.commit(0, [settlement]);
    expect(await rowsOf(lanes.executionId)).toBe(1);
    await lanes.within((tx) => tx.sql`delete from campaign_executions where id = ${lanes.executionId}`);
    expect(await rowsOf(lanes.executionId)).toBe(0);
  });

  it('is not seen by another tenant', async () => {
    const { lanes, urlKey, settlement } = await pictured(PICTURE);
    await lanes.commit(0, [settlement]);
    const other = await insertTestTenant(db.system, 'another');
    const seen = await db.app.withTenant(other, (tx) => tx.sql`select from page_screenshots`);
    expect(seen).toHaveLength(0);
    await expect(
      db.app.withTenant(other, (tx) => readScreenshot(tx, lanes.executionId, urlKey)),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each([
    ['was not asked for', null, /did not ask for one/],
    [
      'failed',
      { rendered: true, screenshotFailure: { code: 'screenshot_timeout', message: 'no picture came' } },
      /no picture came/,
    ],
  ])('that %s is not found, with the reason', async (_, rendering, reason) => {
    const { lanes, urlKey, settlement } = await pictured(undefined, rendering && JSON.stringify(rendering));
    await lanes.commit(0, [settlement]);
    await expect(read(lanes, urlKey)).rejects.toThrow(reason);
    const page = await lanes.within((tx) => readPage(tx, lanes.executionId, urlKey));
    expect(page.screenshot).toBeNull();
  });

  it('is of bounded size in the table too', async () => {
    const { lanes, settlement } = await pictured({
      ...PICTURE,
      bytes: Buffer.alloc(MAX_SCREENSHOT_BYTES + 1),
    });
    await expect(lanes.commit(0, [settlement])).rejects.toThrow(/screenshot_size/);
    const most = await pictured({ ...PICTURE, bytes: Buffer.alloc(MAX_SCREENSHOT_BYTES) });
    await most.lanes.commit(0, [most.settlement]);
    expect(await rowsOf(most.lanes.executionId)).toBe(1);
  });
});
