import { expect, it } from 'vitest';
import { createAddressPolicy } from '../fetch/address-policy.js';
import type { FetchRequest } from '../fetch/fetch-request.js';
import { createFetcher } from '../fetch/fetcher.js';
import { fenceFetcher } from './fence-fetcher.js';

it('a fetch that would begin after the lease is over asks nobody', async () => {
  const cut = new AbortController();
  const fetcher = createFetcher({ addressPolicy: createAddressPolicy({ allowPrivateNetworks: true }) });
  const fenced = fenceFetcher(fetcher, { check: () => cut.abort(new Error('the lease is over')) });
  const request: FetchRequest = {
    url: 'http://127.0.0.1:9/',
    userAgent: 'Outrider',
    headers: {},
    timeoutMs: 5_000,
    maxBodyBytes: 1_000,
    signal: cut.signal,
    onHead: () => null,
  };
  // Nothing listens there: asked without the fence, it would be refused.
  expect(await fetcher.fetch({ ...request, signal: new AbortController().signal })).toMatchObject({
    kind: 'failure',
    code: 'connection_refused',
  });
  expect(await fenced.fetch(request)).toMatchObject({ kind: 'failure', code: 'aborted' });
  await fenced.close();
});
