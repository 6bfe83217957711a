import { describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { makeKey } from './key-format.js';

const api = oneApiPerFile();

async function lookUps(): Promise<number> {
  const [row] = await api().db.system.withSystem(
    (tx) => tx.sql<{ scans: number }[]>`
      select idx_scan as scans from pg_stat_user_indexes where indexrelname = 'api_keys_public_id_key'`,
  );
  return row?.scans ?? 0;
}

// K06
describe('many wrong keys', () => {
  it('from one address are cut off with 429 and hardly reach the database, while known keys go on', async () => {
    expect((await api().call('GET', '/campaigns')).status).toBe(200);
    const before = await lookUps();
    const statuses: number[] = [];
    const waits: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => api().call('GET', '/campaigns', { key: makeKey().text })),
      );
      statuses.push(...answers.map(({ status }) => status));
      for (const { status, headers } of answers) {
        if (status === 429) waits.push(Number(headers.get('retry-after')));
      }
      expect((await api().call('GET', '/campaigns')).status).toBe(200);
    }
    const refused = statuses.filter((status) => status === 401).length;
    const limited = statuses.filter((status) => status === 429).length;
    expect(refused + limited).toBe(1_000);
    expect(refused).toBeLessThan(120);
    await expect.poll(async () => (await lookUps()) - before, { timeout: 5_000 }).toBeLessThan(120);
    expect(Math.min(...waits)).toBeGreaterThan(0);
  });
});
