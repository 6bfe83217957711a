import { afterAll, beforeAll, inject } from 'vitest';
import { startTestApi, type TestApi, type TestApiOptions } from './start-test-api.js';

/** Starts an API before the tests of a file and closes it after them; call what it returns to get it. */
export function oneApiPerFile(options: TestApiOptions = {}): () => TestApi {
  let api: TestApi | undefined;
  beforeAll(async () => {
    api = await startTestApi(inject('postgresAdminUrl'), options);
  });
  afterAll(() => api?.close());
  return () => {
    if (api === undefined) throw new Error('the API has not started');
    return api;
  };
}
