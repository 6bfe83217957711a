import { newId } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Tx } from '../connect/database.js';
import { plantExecution, settleUrl } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { summarizeExecution } from './summarize-execution.js';

let db: TestDatabase;
beforeEach(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterEach(() => db.drop());

const within = <T>(work: (tx: Tx) => Promise<T>) => db.app.withTenant(db.tenantId, work);

/** How many URLs of each kind the list of broken ones has, in its order. */
async function brokenKinds(outcomes: Readonly<Record<number, number>>, failed: number): Promise<string[]> {
  const statuses = Object.entries(outcomes).flatMap(([status, count]) =>
    Array<number>(count).fill(Number(status)),
  );
  const seeds = Array.from({ length: statuses.length + failed }, (_, n) => `https://a.test/${n}`);
  const { executionId } = await plantExecution(db, { seeds });
  await within(async (tx) => {
    for (const [n, url] of seeds.entries()) {
      const status = statuses[n];
      await settleUrl(
        tx,
        executionId,
        url,
        status === undefined ? { failed: 'timeout' } : { fetched: status },
      );
    }
  });
  const { broken } = await within((tx) => summarizeExecution(tx, executionId));
  const kinds = broken.map(({ statusCode, failureCode }) => failureCode ?? String(statusCode));
  return [...new Set(kinds)].map((kind) => `${kinds.filter((one) => one === kind).length} ${kind}`);
}

describe('the broken URLs of a report', () => {
  it('are those without an answer, then 5xx, then 4xx, and many of one kind leave room for the others', async () => {
    expect(await brokenKinds({ 200: 2, 404: 30, 503: 3 }, 2)).toEqual(['2 timeout', '3 503', '15 404']);
    expect(await brokenKinds({ 404: 25, 500: 25 }, 25)).toEqual(['7 timeout', '7 500', '6 404']);
    expect(await brokenKinds({ 404: 25 }, 0)).toEqual(['20 404']);
  });
});

describe('the errors of a report', () => {
  it('do not count attempts that were retried', async () => {
    const { executionId, campaignId } = await plantExecution(db, { seeds: ['https://a.test/'] });
    const planted = [
      ['timeout', 'info'],
      ['network', 'info'],
      ['network', 'error'],
      ['http', 'warning'],
      ['http', 'warning'],
    ] as const;
    const figures = await within(async (tx) => {
      for (const [type, severity] of planted) {
        await tx.sql`
          insert into campaign_errors (id, tenant_id, campaign_id, execution_id, error_type, severity, error_code,
            error_message, retry_count)
          values (${newId()}, ${db.tenantId}, ${campaignId}, ${executionId}, ${type}, ${severity}, 'planted', 'planted', 0)`;
      }
      return summarizeExecution(tx, executionId);
    });
    expect(figures.errorsByType).toEqual({ http: 2, network: 1 });
  });
});
