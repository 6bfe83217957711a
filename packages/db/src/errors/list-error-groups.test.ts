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

/** Counts as they are kept, and as they are counted from the errors. */
const countedAndKept = () =>
  db.app.withTenant(db.tenantId, async ({ sql }) => [
    await sql`
      select execution_id, error_code, host, error_type, severity, count(*) as errors,
        count(*) filter (where not resolved) as unresolved, min(occurred_at) as first_seen, max(occurred_at) as last_seen
      from campaign_errors group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`,
    await sql`
      select execution_id, error_code, host, error_type, severity, errors, unresolved, first_seen, last_seen
      from campaign_error_counts order by 1, 2, 3, 4, 5`,
  ]);

async function walk(limit: number): Promise<ErrorGroup[]> {
  const items: ErrorGroup[] = [];
  let after: Place | null = null;
  do {
    const slice: Awaited<ReturnType<typeof read>> = await read({ limit, after });
    items.push(...slice.items);
    after = slice.next;
  } while (after !== null);
  return items;
}

describe('groups of errors', () => {
  it('count each error once, the largest group first, whatever the length of a part', async () => {
    const all = (await read()).items;
    expect(all.length).toBeGreaterThan(80);
    expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(ERRORS);
    expect(all.reduce((sum, { unresolved }) => sum + unresolved, 0)).toBe(ERRORS / 2);
    const counts = all.map(({ count }) => count);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    const unpinned = (groups: ErrorGroup[]) => groups.map((group) => ({ ...group, before: '' }));
    expect(unpinned(await walk(7))).toEqual(unpinned(all));
  });

  it('say how bad the worst is, and show some of their errors', async () => {
    const [largest] = (await read()).items;
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

  it('equal a recount of the errors, whoever adds some and resolves some at once', async () => {
    const { executionId: id, campaignId: campaign } = await plantExecution(db);
    const hosts = ['a.test', 'b.test', null];
    const addBatch = (nth: number) =>
      db.app.withTenant(
        db.tenantId,
        ({ sql }) => sql`
          insert into campaign_errors (id, tenant_id, campaign_id, execution_id, error_type, severity, error_code,
            error_message, host)
          select uuidv7(), ${db.tenantId}, ${campaign}, ${id}, 'http', (array['error', 'info'])[n % 2 + 1], 'http_5xx',
            'busy', (${hosts}::text[])[(n + ${nth}) % 3 + 1]
          from generate_series(1, ${nth % 7}::int) n`,
      );
    const resolveAll = (host: string | null, resolved: boolean) =>
      db.app.withTenant(db.tenantId, (tx) =>
        resolveErrorGroup(
          tx,
          { executionId: id, errorType: 'http', errorCode: 'http_5xx', host },
          { resolved },
        ),
      );
    await Promise.all(
      Array.from({ length: 60 }, (_, nth) =>
        nth % 5 === 4 ? resolveAll(hosts[nth % 3] ?? null, nth % 2 === 0) : addBatch(nth),
      ),
    );
    const [counted, kept] = await countedAndKept();
    expect(kept).toEqual(counted);
    expect(kept?.filter((row) => row['execution_id'] === id)).toHaveLength(6);
  });

  it('go with their execution, and none is kept of errors whose execution is gone', async () => {
    const { executionId: id, campaignId: campaign } = await plantExecution(db);
    const add = () =>
      db.app.withTenant(
        db.tenantId,
        ({ sql }) => sql`
          insert into campaign_errors (id, tenant_id, campaign_id, execution_id, error_type, severity, error_code, error_message)
          values (uuidv7(), ${db.tenantId}, ${campaign}, ${id}, 'http', 'error', 'http_5xx', 'busy')`,
      );
    const kept = () =>
      db.app.withTenant(
        db.tenantId,
        ({ sql }) => sql`select errors from campaign_error_counts where execution_id = ${id}`,
      );
    await add();
    expect(await kept()).toMatchObject([{ errors: 1 }]);
    await db.app.withTenant(db.tenantId, ({ sql }) => sql`delete from campaign_executions where id = ${id}`);
    await add();
    expect(await kept()).toEqual([]);
  });

  it('are those of the moment at which the list was begun, however long it is read', async () => {
    const { executionId: id, campaignId: campaign } = await plantExecution(db);
    const plant = (code: string, count: number) =>
      db.app.withTenant(
        db.tenantId,
        ({ sql }) => sql`
          insert into campaign_errors (id, tenant_id, campaign_id, execution_id, error_type, severity, error_code,
            error_message, url)
          select uuidv7(), ${db.tenantId}, ${campaign}, ${id}, 'timeout', 'error', ${code}, ${code}, 'https://h.test/' || n
          from generate_series(1, ${count}::int) n`,
      );
    for (const [code, count] of [
      ['a', 5],
      ['b', 4],
      ['c', 3],
      ['d', 2],
    ] as const)
      await plant(code, count);
    const first = await read({ executionId: id, limit: 2 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    for (const [code, count] of [
      ['d', 9],
      ['b', 9],
      ['a', 1],
      ['new', 1],
    ] as const)
      await plant(code, count);
    const rest = await read({ executionId: id, limit: 2, after: first.next });
    const shown = [...first.items, ...rest.items];
    expect(shown.map(({ errorCode, count }) => [errorCode, count])).toEqual([
      ['a', 5],
      ['b', 4],
      ['c', 3],
      ['d', 2],
    ]);
    expect(rest.next).toBeNull();
    expect(new Set(shown.map(({ before }) => before)).size).toBe(1);
    for (const { errorCode: code, examples } of shown)
      expect(examples, code).toHaveLength(code === 'd' ? 2 : 3);

    const group = { executionId: id, errorType: 'timeout', errorCode: 'd', host: null } as const;
    const before = first.items[0]?.before;
    const resolve = (change: { before?: string | undefined }) =>
      db.app.withTenant(db.tenantId, (tx) => resolveErrorGroup(tx, group, { resolved: true, ...change }));
    expect(await resolve({ before })).toBe(2);
    expect(await resolve({})).toBe(9);
  });

  it('list just their own errors, and change just those', async () => {
    const all = (await read()).items;
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
    const open = (await read()).items.reduce((sum, { unresolved }) => sum + unresolved, 0);
    expect(open).toBeGreaterThan(ERRORS / 2);
    expect(open).toBeLessThan(ERRORS);
  });
});
