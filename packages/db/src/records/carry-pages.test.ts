import { newId, urlKey } from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ClaimedTarget } from '../frontier/claim-targets.js';
import { releaseLane } from '../lanes/release-lane.js';
import { fetched, type HeldLanes, holdLanes } from '../lanes/testing/held-lanes.js';
import type { PageLinkRecord } from '../links/page-link-record.js';
import { encodePageLinks } from '../links/page-links.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { readCarriedPages } from './read-carried-pages.js';
import type { FetchedPage, Settlement } from './settlement.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

const LINK: PageLinkRecord = {
  ordinal: 0,
  targetKey: urlKey('http://a.test/next'),
  targetUrl: 'http://a.test/next',
  rawHref: 'next',
  linkType: 'hyperlink',
  isInternal: true,
  follow: true,
  rel: null,
  anchorText: 'Next',
  altText: null,
  position: 'nav',
  origin: 'html',
  pathType: 'relative',
  problem: null,
};

let sites = 0;
async function claimOne(url: string): Promise<{ lanes: HeldLanes; target: ClaimedTarget }> {
  const lanes = await holdLanes(db, { seeds: [url] });
  const [target] = (await lanes.claim(0)).targets;
  if (target === undefined) throw new Error('one URL was wanted');
  return { lanes, target };
}

function settled(
  target: ClaimedTarget,
  changes: Partial<FetchedPage>,
  links: PageLinkRecord[] = [],
): Settlement {
  const settlement = fetched(target, [], changes);
  if (settlement.verdict.kind !== 'fetched') throw new Error('fetched was wanted');
  return { ...settlement, verdict: { ...settlement.verdict, links: encodePageLinks(links) } };
}

/** A page that was fetched whole, and the same URL in a later execution. */
async function fetchedBefore(): Promise<{ first: HeldLanes; lanes: HeldLanes; target: ClaimedTarget }> {
  sites += 1;
  const url = `http://site-${sites}.test/`;
  const { lanes: first, target: earlier } = await claimOne(url);
  const response = JSON.stringify({ etag: '"1"', contentEncoding: 'br', headers: [['etag', '"1"']] });
  await first.commit(0, [settled(earlier, { title: 'Kept', bodyHash: 'ab'.repeat(32), response }, [LINK])]);
  // The lane's permits for the host are free again.
  const [hold] = first.holds;
  if (hold !== undefined) await first.within((tx) => releaseLane(tx, hold, 'done'));
  return { first, ...(await claimOne(url)) };
}

function unchanged(target: ClaimedTarget, carriedFrom: string): Settlement {
  return settled(target, {
    statusCode: 304,
    title: null,
    decodedBytes: 0,
    wireBytes: 7,
    isHtml: false,
    indexable: false,
    indexabilityReason: 'redirect',
    response: JSON.stringify({ notModified: true, etag: '"2"' }),
    carriedFrom,
  });
}

async function row({ executionId, within }: HeldLanes): Promise<Record<string, unknown> | undefined> {
  const [found] = await within(
    ({ sql }) => sql<Record<string, unknown>[]>`
      select execution_id, status_code, title, is_html, indexable, wire_bytes, decoded_bytes, response,
        encode(body_hash, 'hex') as body_hash from crawl_results where execution_id = ${executionId}`,
  );
  return found;
}

describe('a page that is carried over', () => {
  it('says what it said, and of the fetch what this one was like', async () => {
    const { first, lanes, target } = await fetchedBefore();
    await lanes.commit(0, [unchanged(target, first.executionId)]);
    expect(await row(lanes)).toEqual({
      execution_id: lanes.executionId,
      status_code: 304,
      title: 'Kept',
      is_html: true,
      indexable: true,
      wire_bytes: 7,
      decoded_bytes: 200,
      response: { notModified: true, etag: '"2"', contentEncoding: 'br', headers: [['etag', '"1"']] },
      body_hash: 'ab'.repeat(32),
    });
    expect(await lanes.counters()).toMatchObject({ fetched: 1, errors: 0, in_flight: 0 });
  });

  it('has its links, and is itself carried on', async () => {
    const { first, lanes, target } = await fetchedBefore();
    await lanes.commit(0, [unchanged(target, first.executionId)]);
    const pages = await lanes.within((tx) =>
      readCarriedPages(tx, lanes.executionId, [target.urlKey, newId()]),
    );
    expect([...pages]).toEqual([
      [target.urlKey, { page: null, links: [LINK], headers: [['etag', '"1"']], indexabilityReason: null }],
    ]);
  });

  it('is written once, however often its batch is sent', async () => {
    const { first, lanes, target } = await fetchedBefore();
    await lanes.commit(0, [unchanged(target, first.executionId)]);
    await lanes.commit(0, [unchanged(target, first.executionId)]);
    expect(await lanes.counters()).toMatchObject({ fetched: 1 });
  });

  it('waits to be fetched whole when the earlier record is gone by then', async () => {
    const { lanes, target } = await fetchedBefore();
    const { first, lanes: others, target: other } = await fetchedBefore();
    await lanes.commit(0, [unchanged(target, newId())]);
    await others.commit(0, [unchanged(other, first.executionId)]);
    expect(await row(lanes)).toBeUndefined();
    expect(await lanes.counters()).toMatchObject({ fetched: 0, in_flight: 0 });
    const { targets } = await lanes.claim(0);
    expect(targets).toMatchObject([{ url: target.url, attempt: 1 }]);
    expect(await others.counters()).toMatchObject({ fetched: 1 });
  });
});
