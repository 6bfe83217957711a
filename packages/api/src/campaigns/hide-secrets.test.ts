import { describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';

const api = oneApiPerFile();
const HEADERS = { Authorization: 'Bearer canary-4711', 'X-Team': 'seo' };

describe("a campaign's own request headers", () => {
  it.each([
    ['viewer', { Authorization: '[hidden]', 'X-Team': '[hidden]' }],
    ['operator', HEADERS],
    ['admin', HEADERS],
  ] as const)('are, to a %s, %j', async (scope, headers) => {
    const json = { name: 'Secret', seeds: ['https://example.org/'], fetch: { headers: HEADERS } };
    const { body: created } = await api().call('POST', '/campaigns', { json });
    const { body: started } = await api().call('POST', `/campaigns/${created.id}/start`, { json: {} });
    const { execution } = started as unknown as { execution: { id: string } };
    const seen: unknown[] = [];
    const paths = [`/campaigns/${created.id}`, `/executions/${execution.id}`];
    for (const path of paths) {
      const { body } = await api().call('GET', path, { key: api().keys[scope] });
      seen.push((body as unknown as { config: { fetch: { headers: object } } }).config.fetch.headers);
    }
    expect(seen).toEqual([headers, headers]);
    const lists = [
      '/campaigns?limit=100',
      `/campaigns/${created.id}/executions`,
      `/campaigns/${created.id}/events`,
    ];
    for (const path of lists) {
      const { body } = await api().call('GET', path, { key: api().keys[scope] });
      const shows = JSON.stringify(body).includes('canary-4711');
      expect([path, shows]).toEqual([path, path.startsWith('/campaigns?') && scope !== 'viewer']);
    }
  });
});
