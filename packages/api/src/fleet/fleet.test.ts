import { beforeAll, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { type PlantedSite, plantSite } from '../testing/plant-site.js';

const api = oneApiPerFile();
let site: PlantedSite;
beforeAll(async () => {
  site = await plantSite(api());
});

it('workers are listed, by state where asked', async () => {
  const all = await api().call('GET', '/instances');
  expect(all.body.items).toMatchObject([
    { id: site.instanceId, host: 'worker-1', pid: 4242, state: 'working' },
  ]);
  expect((await api().call('GET', '/instances?state=working')).body.items).toHaveLength(1);
  expect((await api().call('GET', '/instances?state=gone')).body.items).toHaveLength(0);
});

it("a worker's samples come newest first, within the time asked, and are walked in pages", async () => {
  const path = `/instances/${site.instanceId}/metrics`;
  const all = await api().call('GET', path);
  expect(all.body.items.map((sample) => sample['pagesPerSecond'])).toEqual([1, 2, 3]);
  const middle = encodeURIComponent(new Date(Date.now() - 90_000).toISOString());
  expect((await api().call('GET', `${path}?since=${middle}`)).body.items).toHaveLength(1);
  expect((await api().call('GET', `${path}?until=${middle}`)).body.items).toHaveLength(2);
  const first = await api().call('GET', `${path}?limit=2`);
  const rest = await api().call('GET', `${path}?limit=2&cursor=${first.body.nextCursor}`);
  expect(rest.body.items.map((sample) => sample['pagesPerSecond'])).toEqual([3]);
});
