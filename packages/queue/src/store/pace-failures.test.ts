import { expect, it } from 'vitest';
import { paceFailures } from './pace-failures.js';

it('a fetch that fails takes its time, one that works does not', async () => {
  const source = paceFailures(
    { moveToActive: (works: boolean) => (works ? Promise.resolve('job') : Promise.reject(new Error('no'))) },
    200,
  );
  const start = performance.now();
  expect(await source.moveToActive(true)).toBe('job');
  expect(performance.now() - start).toBeLessThan(150);
  await expect(source.moveToActive(false)).rejects.toThrow('no');
  expect(performance.now() - start).toBeGreaterThanOrEqual(195);
});
