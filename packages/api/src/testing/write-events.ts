import { appendEvent } from '@outrider/db';
import type { TestApi } from './start-test-api.js';

/** Writes events of the test's tenant, each in a transaction of its own; `size` is that of each payload in characters. */
export async function writeEvents(
  { db }: Pick<TestApi, 'db'>,
  campaignId: string,
  count: number,
  { size = 1, executionId = null }: { size?: number; executionId?: string | null } = {},
): Promise<void> {
  const payload = { name: 'x'.repeat(size), configRevision: 1 };
  for (let nth = 0; nth < count; nth++) {
    await db.app.withTenant(db.tenantId, (tx) =>
      appendEvent(tx, { tenantId: db.tenantId, campaignId, executionId, type: 'campaign.updated', payload }),
    );
  }
}
