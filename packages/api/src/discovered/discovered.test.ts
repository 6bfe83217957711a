import { newId } from '@outrider/shared';
import { beforeAll, describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { type PlantedSite, plantSite } from '../testing/plant-site.js';

const api = oneApiPerFile();
let site: PlantedSite;
beforeAll(async () => {
  site = await plantSite(api());
});

const around = (hours: number): string =>
  encodeURIComponent(new Date(Date.now() + hours * 3_600_000).toISOString());

function list(query = '', campaignId = site.campaignId) {
  return api().call('GET', `/campaigns/${campaignId}/discovered-urls?${query}`);
}

describe('discovered URLs', () => {
  it.each([
    ['', 13],
    ['shouldCrawl=false', 2],
    ['skipReason=robots_txt', 1],
    ['skipReason=trap', 0],
    ['state=fetched', 9],
    ['state=failed', 1],
    ['state=pending', 1],
    ['state=skipped', 1],
    ['discoveryMethod=seed', 1],
    ['discoveryMethod=redirect', 2],
    ['isInternal=false', 1],
    ['host=c.test', 1],
    ['urlContains=PRIVATE', 1],
    [`since=${around(-1)}`, 13],
    [`since=${around(1)}`, 0],
    [`until=${around(1)}`, 13],
    [`until=${around(-1)}`, 0],
  ])('the filter %s finds %i', async (query, count) => {
    const { status, body } = await list(query);
    expect(status).toBe(200);
    expect(body.items).toHaveLength(count);
  });

  it('carry the decision with its rule', async () => {
    const { body } = await list('skipReason=robots_txt');
    expect(body.items[0]).toMatchObject({
      discoveredUrl: 'https://a.test/private',
      sourceUrl: 'https://a.test/',
      shouldCrawl: false,
      skipReason: 'robots_txt',
      skipRule: 'Disallow: /private',
      state: 'skipped',
    });
  });

  it('of an execution that is not of this campaign are 404, and of a campaign without one are none', async () => {
    expect((await list(`executionId=${newId()}`)).status).toBe(404);
    const created = await api().call('POST', '/campaigns', {
      json: { name: 'new', seeds: ['https://n.test/'] },
    });
    expect((await list('', created.body.id)).body).toEqual({ items: [], nextCursor: null });
    expect((await list(`executionId=${site.executionId}`, created.body.id)).status).toBe(404);
  });

  it('are walked to the end of the execution the walk began on, though another starts meanwhile', async () => {
    const first = await list('limit=10');
    const { keyOf: _, executionId, campaignId } = site;
    await api().db.app.withTenant(api().db.tenantId, async (tx) => {
      await tx.sql`
        insert into campaign_executions (id, tenant_id, campaign_id, number, execution_type, config, config_revision, lane_count, triggered_by)
        select ${newId()}, tenant_id, campaign_id, 99, execution_type, config, 1, 1, 'a test' from campaign_executions where id = ${executionId}`;
    });
    const rest = await list(`limit=10&cursor=${first.body.nextCursor}`);
    expect(rest.body.items).toHaveLength(3);
    expect(rest.body.items.every((url) => url['executionId'] === executionId)).toBe(true);
    expect((await list('', campaignId)).body.items).toEqual([]);
  });
});
