import type { Tx } from '@outrider/db';
import type { TestPlatform } from './test-platform.js';

/** Does something while a transaction of somebody else's holds what it has locked. */
export async function whileHeld(
  { database }: Pick<TestPlatform, 'database'>,
  lock: (tx: Tx) => Promise<unknown>,
  work: () => Promise<void>,
): Promise<void> {
  await database.withSystem(async (tx) => {
    await lock(tx);
    await work();
  });
}
