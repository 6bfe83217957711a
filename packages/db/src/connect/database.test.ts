import { asc, eq } from 'drizzle-orm';
import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startTcpProxy } from '../testing/tcp-proxy.js';
import { createTestDatabase, insertTestTenant, type TestDatabase } from '../testing/test-database.js';
import { isConnectionError, isStatementTimeout } from './connection-errors.js';
import { type Database, openDatabase, type Tx } from './database.js';

const keys = pgTable('idempotency_keys', { tenantId: uuid('tenant_id'), key: text() });

let db: TestDatabase;
let otherTenant: string;
/** One connection only, so that whoever comes next gets the one that was used before. */
let single: Database;

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  otherTenant = await insertTestTenant(db.system, 'other tenant');
  single = openDatabase({ url: db.url, role: 'outrider_app', maxConnections: 1, applicationName: 'single' });
});
afterAll(async () => {
  await single.close();
  await db.drop();
});

function insertKey(tx: Tx, tenantId: string, key: string): Promise<unknown> {
  return tx.sql`insert into idempotency_keys (tenant_id, key, request_hash) values (${tenantId}, ${key}, ${Buffer.from('x')})`;
}

async function storedKeys(tenantId: string): Promise<string[]> {
  const rows = await db.app.withTenant(
    tenantId,
    (tx) => tx.sql<{ key: string }[]>`select key from idempotency_keys order by key`,
  );
  return rows.map((row) => row.key);
}

describe('roles', () => {
  it.each(['outrider_app', 'outrider_system'] as const)(
    'a connection works as %s, and neither RESET ROLE nor RESET ALL leads out of it',
    async (role) => {
      const database = role === 'outrider_app' ? db.app : db.system;
      const who = await database.withTenant(db.tenantId, async ({ sql }) => {
        const [before] = await sql`select current_user::text as name`;
        await sql`reset role`;
        const [afterRole] = await sql`select current_user::text as name`;
        await sql`reset all`;
        const [afterAllReset] = await sql`select current_user::text as name`;
        return [before?.['name'], afterRole?.['name'], afterAllReset?.['name']];
      });
      expect(who).toEqual([role, role, role]);
    },
  );

  it('the URL cannot choose another role', async () => {
    const url = new URL(db.url);
    url.searchParams.set('role', 'outrider_system');
    const database = openDatabase({ url: url.href, role: 'outrider_app', applicationName: 'test' });
    const [row] = await database.withTenant(db.tenantId, (tx) => tx.sql`select current_user::text as name`);
    await database.close();
    expect(row?.['name']).toBe('outrider_app');
  });

  it('withSystem is refused on the app role', async () => {
    await expect(db.app.withSystem((tx) => tx.sql`select 1`)).rejects.toThrow('outrider_system');
  });

  it('the session has its limits, its name and no schema but public', async () => {
    const [row] = await single.withTenant(
      db.tenantId,
      (tx) => tx.sql`
        select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
          current_setting('idle_in_transaction_session_timeout') as idle,
          current_setting('application_name') as name, current_setting('search_path') as path`,
    );
    expect(row).toEqual({ statement: '1min', lock: '15s', idle: '1min', name: 'single', path: 'public' });
  });
});

describe('transactions', () => {
  it('what work did is committed when it resolves and undone when it throws', async () => {
    const tenant = await insertTestTenant(db.system, 'commits');
    await db.app.withTenant(tenant, (tx) => insertKey(tx, tenant, 'kept'));
    const failing = db.app.withTenant(tenant, async (tx) => {
      await insertKey(tx, tenant, 'lost');
      throw new Error('work failed');
    });
    await expect(failing).rejects.toThrow('work failed');
    expect(await storedKeys(tenant)).toEqual(['kept']);
  });

  it('an error that work swallowed still fails the transaction, with that error', async () => {
    const tenant = await insertTestTenant(db.system, 'swallows');
    const swallowing = db.app.withTenant(tenant, async (tx) => {
      await insertKey(tx, tenant, 'a');
      await tx.sql`select 1 / 0`.catch(() => undefined);
    });
    await expect(swallowing).rejects.toMatchObject({ code: '22012' });
    expect(await storedKeys(tenant)).toEqual([]);
  });

  it('a statement refused because of an earlier one reports the earlier error', async () => {
    const work = single.withTenant(db.tenantId, async (tx) => {
      await tx.sql`select 1 / 0`.catch(() => undefined);
      await tx.sql`select 1`;
    });
    await expect(work).rejects.toMatchObject({ code: '22012' });
  });

  it.each([
    ['is undefined', undefined as unknown as string],
    ['is no date', new Date(Number.NaN)],
    ['has an element that is undefined', [undefined as unknown as string]],
  ])('a value that %s is an error at once, and of its statement only', async (_, value) => {
    const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => db.app.withTenant(db.tenantId, work);
    const message = 'value 2 of the statement is undefined, or no date';
    await expect(within((tx) => tx.sql`select ${1}::int, ${value}::text`)).rejects.toThrow(message);
    await expect(within((tx) => tx.sql`select 1 ${tx.sql`, ${1}::int, ${value}::text`}`)).rejects.toThrow(
      message,
    );
    await expect(within((tx) => tx.sql.unsafe('select $1::int, $2::text', [1, value]))).rejects.toThrow(
      message,
    );
    const beside = within(async (tx) => {
      const [insert, select] = await Promise.allSettled([
        insertKey(tx, db.tenantId, 'beside'),
        tx.sql`select ${1}::int, ${value}::text`,
      ]);
      expect([insert.status, select.status]).toEqual(['fulfilled', 'rejected']);
      throw new Error('undone');
    });
    await expect(beside).rejects.toThrow('undone');
  });

  it('a savepoint undoes its own part only', async () => {
    const tenant = await insertTestTenant(db.system, 'saves');
    await db.app.withTenant(tenant, async (tx) => {
      await insertKey(tx, tenant, 'outer');
      const inner = tx.sql.savepoint(async (sql) => {
        await insertKey({ ...tx, sql }, tenant, 'inner');
        await sql`select 1 / 0`;
      });
      await expect(inner).rejects.toMatchObject({ code: '22012' });
      await tx.sql.savepoint((sql) => insertKey({ ...tx, sql }, tenant, 'second'));
    });
    expect(await storedKeys(tenant)).toEqual(['outer', 'second']);
  });

  it('a read-only transaction refuses writes', async () => {
    const writing = db.app.withTenant(db.tenantId, (tx) => insertKey(tx, db.tenantId, 'no'), {
      readOnly: true,
    });
    await expect(writing).rejects.toMatchObject({ code: '25006' });
  });

  it('durability, plans, cores and time-out last for the one transaction', async () => {
    const read = (tx: Tx) =>
      tx.sql`
        select current_setting('synchronous_commit') as durability, current_setting('statement_timeout') as limit,
          current_setting('plan_cache_mode') as plans, current_setting('max_parallel_workers_per_gather') as helpers`;
    const all = {
      durability: 'relaxed',
      statementTimeoutMs: 1_234,
      plans: 'generic',
      singleCore: true,
    } as const;
    const [plainBefore] = await single.withTenant(db.tenantId, read);
    const [during] = await single.withTenant(db.tenantId, read, all);
    const [plainAfter] = await single.withTenant(db.tenantId, read);
    expect(during).toEqual({ durability: 'off', limit: '1234ms', plans: 'force_generic_plan', helpers: '0' });
    await single.withTenant(db.tenantId, read, { plans: 'generic', readOnly: true });
    expect(plainAfter).toEqual(plainBefore);
  });

  it('what is not a tenant id is refused before it reaches the database', async () => {
    const injected = single.withTenant(`${db.tenantId}'; drop table tenants; --`, (tx) => tx.sql`select 1`);
    await expect(injected).rejects.toThrow(RangeError);
  });

  it('a statement awaited after its transaction is refused', async () => {
    const { late } = await single.withTenant(db.tenantId, async (tx) => ({
      late: () => insertKey(tx, db.tenantId, 'late'),
    }));
    await expect(late()).rejects.toThrow('after its transaction had ended');
    expect(await storedKeys(db.tenantId)).not.toContain('late');
  });

  it('a transaction with one statement takes two round trips, and three statements at once no more', async () => {
    const proxy = await startTcpProxy({ targetPort: Number(new URL(db.url).port) });
    const url = new URL(db.url);
    url.port = String(proxy.port);
    const database = openDatabase({
      url: url.href,
      role: 'outrider_app',
      maxConnections: 1,
      applicationName: 'test',
    });
    const one = () => database.withTenant(db.tenantId, (tx) => tx.sql`select ${1}::int`);
    const three = () =>
      database.withTenant(db.tenantId, (tx) =>
        Promise.all([tx.sql`select ${1}::int`, tx.sql`select ${2}::int`, tx.sql`select ${3}::int`]),
      );
    await one();
    await three();
    const counts: number[] = [];
    for (const work of [one, three]) {
      const before = proxy.roundTrips();
      await work();
      counts.push(proxy.roundTrips() - before);
    }
    await database.close();
    await proxy.close();
    expect(counts).toEqual([2, 2]);
  });
});

describe('Drizzle in the same transaction', () => {
  it('sees what hand-written SQL wrote, and is undone with it', async () => {
    const tenant = await insertTestTenant(db.system, 'drizzles');
    const work = db.app.withTenant(tenant, async (tx) => {
      await insertKey(tx, tenant, 'b');
      await insertKey(tx, tenant, 'a');
      const rows = await tx.orm.select().from(keys).where(eq(keys.tenantId, tenant)).orderBy(asc(keys.key));
      expect(rows.map((row) => row.key)).toEqual(['a', 'b']);
      throw new Error('undo');
    });
    await expect(work).rejects.toThrow('undo');
    expect(await storedKeys(tenant)).toEqual([]);
  });

  it('a transaction inside becomes a savepoint', async () => {
    const tenant = await insertTestTenant(db.system, 'nests');
    await db.app.withTenant(tenant, async (tx) => {
      await insertKey(tx, tenant, 'outer');
      const nested = tx.orm.transaction(async (inner) => {
        await inner.update(keys).set({ key: 'changed' });
        throw new Error('inner');
      });
      await expect(nested).rejects.toThrow('inner');
    });
    expect(await storedKeys(tenant)).toEqual(['outer']);
  });

  it("its errors are the database's own, without the parameters in the message", async () => {
    const secret = 'secret-value';
    const failing = db.app.withTenant(db.tenantId, (tx) =>
      tx.orm.insert(keys).values({ tenantId: otherTenant, key: secret }),
    );
    await expect(failing).rejects.toMatchObject({ name: 'PostgresError', code: '42501' });
    await expect(failing).rejects.not.toThrow(secret);
  });
});

describe('K07: a connection after a transaction of another tenant', () => {
  const endings: Record<string, (tx: Tx) => Promise<unknown>> = {
    'threw in its work': () => Promise.reject(new Error('work failed')),
    'failed in a statement': (tx) => tx.sql`select 1 / 0`,
    'was cancelled': (tx) => tx.sql`select pg_cancel_backend(pg_backend_pid()), pg_sleep(5)`,
    'timed out': async (tx) => {
      await tx.sql`set local statement_timeout = 30`;
      await tx.sql`select pg_sleep(5)`;
    },
    'lost its connection': async (tx) => {
      const slow = tx.sql`select pg_sleep(5)`.execute();
      await db.terminateSessions('single');
      await slow;
    },
    'was left idle too long': async (tx) => {
      await tx.sql`set local idle_in_transaction_session_timeout = 30`;
      await new Promise((resolve) => setTimeout(resolve, 150));
      await tx.sql`select 1`;
    },
  };

  it.each(Object.keys(endings))('that %s shows nothing of that tenant, and works', async (name) => {
    const key = `key of A, which ${name}`;
    await db.app.withTenant(db.tenantId, (tx) => insertKey(tx, db.tenantId, key));
    const ending = single.withTenant(db.tenantId, async (tx) => {
      expect(await tx.sql`select from idempotency_keys where key = ${key}`).toHaveLength(1);
      await insertKey(tx, db.tenantId, `${key} (undone)`);
      await endings[name]?.(tx);
    });
    await expect(ending).rejects.toThrow();
    const seen = await single.withTenant(otherTenant, async ({ sql }) => ({
      keys: (await sql`select from idempotency_keys`).length,
      tenants: (await sql<{ id: string }[]>`select id from tenants`).map((row) => row.id),
    }));
    expect(seen).toEqual({ keys: 0, tenants: [otherTenant] });
    expect(await storedKeys(db.tenantId)).not.toContain(`${key} (undone)`);
  });
});

it('the tenant of a transaction that went well is forgotten with it too', async () => {
  const system = openDatabase({
    url: db.url,
    role: 'outrider_system',
    maxConnections: 1,
    applicationName: 'test',
  });
  const tenantOf = ({ sql }: Tx) =>
    sql`select coalesce(current_setting('app.tenant_id', true), '') as tenant`;
  expect(await system.withTenant(db.tenantId, tenantOf)).toEqual([{ tenant: db.tenantId }]);
  expect(await system.withSystem(tenantOf)).toEqual([{ tenant: '' }]);
  await system.close();
});

describe('a connection lost in the middle of a transaction', () => {
  it('runs none of the statements that were still to come, neither queued nor issued later', async () => {
    const tenant = await insertTestTenant(db.system, 'loses');
    const system = openDatabase({
      url: db.url,
      role: 'outrider_system',
      maxConnections: 1,
      applicationName: 'lost',
    });
    const outcomes = await system
      .withSystem(async (tx) => {
        await tx.sql`select 1`;
        const queued = [
          tx.sql`select pg_sleep(5)`,
          ...[1, 2, 3].map((number) => insertKey(tx, tenant, `queued ${number}`)),
        ].map((statement) => Promise.resolve(statement).catch((error: unknown) => error));
        await db.terminateSessions('lost');
        const errors = await Promise.all(queued);
        const later = await insertKey(tx, tenant, 'later').catch((error: unknown) => error);
        return [...errors, later];
      })
      .catch((error: unknown) => error);
    expect(isConnectionError(outcomes)).toBe(true);
    await system.withSystem((tx) => insertKey(tx, tenant, 'a new transaction'));
    await system.close();
    expect(await storedKeys(tenant)).toEqual(['a new transaction']);
  });

  it('is a connection error, and the next transaction gets a new connection', async () => {
    const proxy = await startTcpProxy({ targetPort: Number(new URL(db.url).port) });
    const url = new URL(db.url);
    url.port = String(proxy.port);
    const database = openDatabase({
      url: url.href,
      role: 'outrider_app',
      maxConnections: 2,
      applicationName: 'test',
    });
    const broken = database.withTenant(db.tenantId, async (tx) => {
      await tx.sql`select 1`;
      setTimeout(() => proxy.cut(), 20);
      await tx.sql`select pg_sleep(5)`;
    });
    const error: unknown = await broken.catch((reason: unknown) => reason);
    expect(isConnectionError(error)).toBe(true);
    expect(isStatementTimeout(error)).toBe(false);
    await expect(database.withTenant(db.tenantId, (tx) => tx.sql`select 1 as one`)).resolves.toHaveLength(1);
    // An idle connection may break too; nobody should notice.
    proxy.cut();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await expect(database.withTenant(db.tenantId, (tx) => tx.sql`select 1 as one`)).resolves.toHaveLength(1);
    await database.close();
    await proxy.close();
  });
});

it('a transaction that waits too long for its next statement is ended, and its locks are free', async () => {
  const tenantId = await insertTestTenant(db.system, 'sleepy tenant');
  const sleepy = openDatabase({
    ...{ url: db.url, role: 'outrider_app', applicationName: 'sleepy', maxConnections: 1 },
    idleInTransactionMs: 100,
  });
  let fellAsleep = (): void => undefined;
  const falling = new Promise<void>((resolve) => {
    fellAsleep = resolve;
  });
  const asleep = sleepy.withTenant(tenantId, async (tx) => {
    await insertKey(tx, tenantId, 'slept over');
    fellAsleep();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await tx.sql`select 1`;
  });
  const other = falling.then(() =>
    db.app.withTenant(tenantId, (tx) => insertKey(tx, tenantId, 'slept over')),
  );
  await Promise.all([expect(asleep).rejects.toSatisfy(isConnectionError), other]);
  expect(await storedKeys(tenantId)).toEqual(['slept over']);
  await sleepy.close();
});

describe('the pool', () => {
  it('never opens more connections than it may, and serves everybody', async () => {
    const database = openDatabase({
      url: db.url,
      role: 'outrider_app',
      maxConnections: 3,
      applicationName: 'three',
    });
    const counts = await Promise.all(
      Array.from({ length: 30 }, () =>
        database.withTenant(db.tenantId, async ({ sql }) => {
          await sql`select pg_sleep(0.01)`;
          const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
          return row?.pid;
        }),
      ),
    );
    await database.close();
    expect(new Set(counts).size).toBe(3);
  });

  it('waits for a database that is just starting', async () => {
    const finder = await startTcpProxy({ targetPort: Number(new URL(db.url).port) });
    const { port } = finder;
    await finder.close();
    const url = new URL(db.url);
    url.port = String(port);
    const database = openDatabase({ url: url.href, role: 'outrider_app', applicationName: 'early' });
    const answer = database.ping();
    const late = new Promise((resolve) => setTimeout(resolve, 300)).then(() =>
      startTcpProxy({ targetPort: Number(new URL(db.url).port), port }),
    );
    await expect(answer).resolves.toBeUndefined();
    await database.close();
    await (await late).close();
  });

  it('a closed database lets running work finish and refuses new work', async () => {
    const database = openDatabase({ url: db.url, role: 'outrider_app', applicationName: 'closing' });
    let begun = (): void => undefined;
    const started = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const running = database.withTenant(db.tenantId, async ({ sql }) => {
      await sql`select 1`;
      begun();
      return sql`select pg_sleep(0.1), 2 as two`;
    });
    await started;
    const closed = database.close();
    await expect(database.ping()).rejects.toSatisfy(isConnectionError);
    await expect(running).resolves.toMatchObject([{ two: 2 }]);
    await closed;
  });
});
