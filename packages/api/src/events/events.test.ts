import { appendEvent } from '@outrider/db';
import { beforeAll, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { type PlantedSite, plantSite } from '../testing/plant-site.js';

const api = oneApiPerFile();
let site: PlantedSite;
beforeAll(async () => {
  site = await plantSite(api());
});

it('events come in order, after the number that was seen, of one execution where asked', async () => {
  const path = `/campaigns/${site.campaignId}/events`;
  const all = await api().call('GET', path);
  expect(all.body).toMatchObject({
    lastSeq: 2,
    items: [
      { seq: 1, eventType: 'campaign.created', executionId: null },
      { seq: 2, eventType: 'execution.queued', executionId: site.executionId },
    ],
  });
  expect((await api().call('GET', `${path}?after=1`)).body.items).toHaveLength(1);
  expect((await api().call('GET', `${path}?after=2`)).body).toMatchObject({ items: [], lastSeq: 2 });
  expect((await api().call('GET', `${path}?limit=1`)).body).toMatchObject({
    lastSeq: 2,
    items: [{ seq: 1 }],
  });
  expect((await api().call('GET', `${path}?executionId=${site.executionId}`)).body.items).toHaveLength(1);
});

it('the last events before a number are listed too, and without progress where it is not wanted', async () => {
  const { db } = api();
  const created = await api().call('POST', '/campaigns', {
    json: { name: 'read backwards', seeds: ['https://example.org/'] },
  });
  const campaignId: string = created.body.id;
  const coverage = { discovered: 1, fetched: 0, failed: 0, skipped: 0, pending: 1 };
  for (let round = 0; round < 3; round += 1) {
    await db.app.withTenant(db.tenantId, async (tx) => {
      const owner = { tenantId: db.tenantId, campaignId, executionId: null };
      await appendEvent(tx, { ...owner, type: 'execution.progress', payload: { coverage, errors: 0 } });
      await appendEvent(tx, { ...owner, type: 'host.released', payload: { host: `${round}.example` } });
    });
  }
  const numbers = async (query: string): Promise<number[]> => {
    const answer = await api().call('GET', `/campaigns/${campaignId}/events?${query}`);
    expect(answer.body).toMatchObject({ lastSeq: 7 });
    return answer.body.items.map((event) => Number(event['seq']));
  };
  expect(await numbers('before=6&limit=2')).toEqual([4, 5]);
  expect(await numbers('before=999999&progress=false')).toEqual([1, 3, 5, 7]);
  expect(await numbers('before=7&progress=false&limit=2')).toEqual([3, 5]);
  expect(await numbers('after=1&progress=false')).toEqual([3, 5, 7]);
});
