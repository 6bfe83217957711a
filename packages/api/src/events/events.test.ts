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
