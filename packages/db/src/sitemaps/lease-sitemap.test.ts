import { hostOf, urlKey } from '@outrider/shared';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { backOffHost } from '../hosts/back-off.js';
import { freezeHost, releaseHost } from '../hosts/host-freezes.js';
import { discovery, fetched, type HeldLanes, holdLanes } from '../lanes/testing/held-lanes.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { addSitemaps } from './insert-sitemaps.js';
import { type ClaimedSitemap, leaseSitemap, type SitemapRefusal } from './lease-sitemap.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

/** Each test has a host of its own, since permits are shared by all that crawl one. */
let site = '';
let sites = 0;
beforeEach(() => {
  sites += 1;
  site = `http://site${sites}.test`;
});

/** A lane whose seed was fetched and led to one page, with one sitemap on the list. */
async function open(losses: { readonly page: number; readonly file: number }): Promise<HeldLanes> {
  const page = discovery(`${site}/page`);
  const url = `${site}/s.xml`;
  const lanes = await holdLanes(db, { seeds: [`${site}/`] });
  const [seed] = (await lanes.claim(0)).targets;
  if (seed === undefined) throw new Error('nothing was claimed');
  await lanes.commit(0, [fetched(seed, [page])]);
  const file = {
    url,
    urlKey: urlKey(url),
    host: hostOf(url),
    foundIn: 'robots',
    parentId: null,
  } as const;
  await lanes.within(async (tx) => {
    await addSitemaps(tx, holdOf(lanes), [{ ...file, depth: 0, redirects: 0 }]);
    await tx.sql`update execution_sitemaps set lease_losses = ${losses.file} where execution_id = ${lanes.executionId}`;
    await tx.sql`
      update crawl_targets set lease_losses = ${losses.page}
      where execution_id = ${lanes.executionId} and url_key = ${page.urlKey}`;
  });
  return lanes;
}

function holdOf({ holds: [hold] }: HeldLanes) {
  if (hold === undefined) throw new Error('there is no lane');
  return hold;
}

const lease = async (lanes: HeldLanes): Promise<ClaimedSitemap | SitemapRefusal | null> => {
  const leased = await lanes.within((tx) => leaseSitemap(tx, holdOf(lanes)));
  return leased === null || typeof leased === 'string' ? leased : leased.file;
};

describe('a sitemap', () => {
  it('is read beside the pages of a lane', async () => {
    const lanes = await open({ page: 1, file: 1 });
    expect((await lanes.claim(0)).targets).toHaveLength(1);
    expect(await lease(lanes)).toMatchObject({ url: `${site}/s.xml` });
  });

  it.each([
    [
      'that two workers died with is read alone, so that it takes no page into suspicion',
      { page: 0, file: 2 },
    ],
    ['is not read beside a page that two workers died with', { page: 2, file: 0 }],
  ])('%s', async (_, losses) => {
    const lanes = await open(losses);
    const [page] = (await lanes.claim(0)).targets;
    expect(page).toMatchObject({ url: `${site}/page` });
    expect(await lease(lanes)).toBeNull();
    if (page !== undefined) await lanes.commit(0, [fetched(page)]);
    expect(await lease(lanes)).toMatchObject({ url: `${site}/s.xml` });
  });

  it('of a host that is frozen stays on the list until it is released, and those of others are read', async () => {
    const lanes = await open({ page: 0, file: 0 });
    const freeze = { host: hostOf(site), reason: 'a test', until: null };
    await lanes.within((tx) => freezeHost(tx, db.tenantId, freeze));
    expect(await lease(lanes)).toBe('host_frozen');
    const elsewhere = discovery(`http://elsewhere${sites}.test/s.xml`);
    await lanes.within((tx) =>
      addSitemaps(tx, holdOf(lanes), [
        { ...elsewhere, foundIn: 'robots', parentId: null, depth: 0, redirects: 0 },
      ]),
    );
    expect(await lease(lanes)).toMatchObject({ url: elsewhere.url });
    await lanes.within((tx) => releaseHost(tx, db.tenantId, hostOf(site)));
    expect(await lease(lanes)).toMatchObject({ url: `${site}/s.xml` });
    expect(await lease(lanes)).toBeNull();
  });

  it('of a host that asked to be left alone stays on the list as long', async () => {
    const lanes = await open({ page: 0, file: 0 });
    const host = hostOf(site);
    const refusal = { kind: 'refused', isInARow: true, reason: 'Retry-After', askedMs: 60_000 } as const;
    await lanes.within((tx) => backOffHost(tx, host, refusal, 60_000));
    expect(await lease(lanes)).toBe('host_backoff');
    await db.system.withSystem(
      (tx) => tx.sql`update crawl_hosts set backoff_until = now() where host = ${host}`,
    );
    expect(await lease(lanes)).toMatchObject({ url: `${site}/s.xml` });
  });
});
