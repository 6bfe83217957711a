import type { ErrorGroup } from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Place } from '../cursors/slice.js';
import { plantExecution } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { type ErrorGroupFilter, listErrorGroups } from './list-error-groups.js';
import { listErrors } from './list-errors.js';
import { resolveErrorGroup } from './resolve-error-group.js';

const ERRORS = 3_000;

let db: TestDatabase;
let executionId: string;
let campaignId: string;

/** Errors of a hundred groups of unequal size; those of every seventh belong to no host. */
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  ({ executionId, campaignId } = await plantExecution(db));
  await db.app.withTenant(
    db.tenantId,
    ({ sql }) => sql`
      insert into campaign_errors (id, tenant_id, campaign_id, execution_id, error_type, severity, error_code,
        error_message, url, host, resolved, resolved_at)
      select uuidv7(make_interval(secs => n)), ${db.tenantId}, ${campaignId}, ${executionId}, 'network',
        (array['error', 'warning', 'critical'])[n % 3 + 1], 'code_' || g % 4, 'message ' || n, 'https://h.test/' || n,
        case when g % 7 > 0 then 'h' || g || '.test' end, n % 2 = 0, case when n % 2 = 0 then now() end
      from generate_series(1, ${ERRORS}::int) n cross join lateral (select floor(sqrt(n * 3.3))::int as g) as grouped`,
  );
});
afterAll(() => db.drop());

const read = (filter: Partial<ErrorGroupFilter> = {}) =>
  db.app.withTenant(
    db.tenantId,
    (tx) => listErrorGroups(tx, { executionId, limit: 1_000, after: null, ...filter }),
    { readOnly: true },
  );

async function walk(limit: number): Promise<ErrorGroup[]> {
  const items: ErrorGroup[] = [];
  let after: Place | null = null;
  do {
    const { slice }: Awaited<ReturnType<typeof read>> = await read({ limit, after });
    items.push(...slice.items);
    after = slice.next;
  } while (after !== null);
  return items;
}

describe('groups of errors', () => {
  it('count each error once, the largest group first, whatever the length of a part', async () => {
    const all = (await read()).slice.items;
    expect(all.length).toBeGreaterThan(80);
    expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(ERRORS);
    expect(all.reduce((sum, { unresolved }) => sum + unresolved, 0)).toBe(ERRORS / 2);
    const counts = all.map(({ count }) => count);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    expect(await walk(7)).toEqual(all);
  });

  it('say how bad the worst is, and show some of their errors', async () => {
    const [largest] = (await read()).slice.items;
    expect(largest).toMatchObject({ severity: 'critical', errorType: 'network' });
    expect(new Set(largest?.examples).size).toBe(3);
    const { items } = await db.app.withTenant(
      db.tenantId,
      (tx) =>
        listErrors(tx, {
          ...{ campaignId, executionId, limit: 1_000, after: null },
          errorCode: largest?.errorCode,
        }),
      { readOnly: true },
    );
    for (const url of largest?.examples ?? []) expect(items.map((item) => item.url)).toContain(url);
    expect(items.map(({ errorMessage }) => errorMessage)).toContain(largest?.errorMessage);
  });

  it('are made of the newest errors where there are too many to count, and say that', async () => {
    const { slice, complete } = await read({ rowsLookedAt: 100 });
    expect(complete).toBe(false);
    expect(slice.items.reduce((sum, { count }) => sum + count, 0)).toBe(100);
    expect((await read({ rowsLookedAt: ERRORS + 1 })).complete).toBe(true);
  });

  it('list just their own errors, and change just those', async () => {
    const all = (await read()).slice.items;
    for (const group of [all.find(({ host }) => host !== null), all.find(({ host }) => host === null)]) {
      if (group === undefined) throw new Error('there is no such group');
      const { errorType, errorCode, host, count, unresolved } = group;
      const of = host === null ? { withoutHost: true } : { host };
      const change = async (resolved: boolean) =>
        db.app.withTenant(db.tenantId, (tx) =>
          resolveErrorGroup(tx, { executionId, errorType, errorCode, host }, { resolved }),
        );
      const { items } = await db.app.withTenant(
        db.tenantId,
        (tx) => listErrors(tx, { campaignId, executionId, errorCode, ...of, limit: 1_000, after: null }),
        { readOnly: true },
      );
      expect(items).toHaveLength(count);
      expect(await change(true)).toBe(unresolved);
      expect(await change(true)).toBe(0);
      expect(await change(false)).toBe(count);
    }
    const open = (await read()).slice.items.reduce((sum, { unresolved }) => sum + unresolved, 0);
    expect(open).toBeGreaterThan(ERRORS / 2);
    expect(open).toBeLessThan(ERRORS);
  });
});
