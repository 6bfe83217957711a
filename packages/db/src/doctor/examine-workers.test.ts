import { newId } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { noteInstanceEnd, registerInstance } from '../fleet/instances.js';
import { markGoneInstances } from '../fleet/mark-gone-instances.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { examineWorkers } from './examine-workers.js';

const LEASE_MS = 15_000;

let db: TestDatabase;
beforeEach(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterEach(() => db.drop());

interface Wanted {
  readonly pid: number;
  readonly silentSeconds?: number;
  readonly supervised?: boolean;
}

/** Registers a worker whose last heartbeat was so long ago. */
async function worker({ pid, silentSeconds = 0, supervised = false }: Wanted): Promise<void> {
  const id = newId();
  await db.system.withSystem(async (tx) => {
    const fixed = { host: 'laptop', version: 'test', capabilities: ['http'], capacity: 4 };
    await registerInstance(tx, { ...fixed, id, pid, supervised });
    await tx.sql`
      update crawler_instances set heartbeat_at = now() - ${silentSeconds} * interval '1 second',
        started_at = now() - ${silentSeconds + 60} * interval '1 second' where id = ${id}`;
  });
}

const examine = () => db.system.withSystem((tx) => examineWorkers(tx, LEASE_MS));

async function runningExecution(): Promise<void> {
  await db.app.withTenant(db.tenantId, async ({ sql }) => {
    const [campaign, execution] = [newId(), newId()];
    await sql`insert into crawler_campaigns (id, tenant_id, name, config) values (${campaign}, ${db.tenantId}, 'x', '{}')`;
    await sql`insert into campaign_executions (id, tenant_id, campaign_id, number, execution_type, config, config_revision,
        lane_count, triggered_by, status, started_at)
      values (${execution}, ${db.tenantId}, ${campaign}, 1, 'api', '{}', 1, 1, 'a test', 'running', now())`;
  });
}

describe('the doctor on workers', () => {
  it('finds nothing to say of those that are heard of', async () => {
    await worker({ pid: 100 });
    expect(await examine()).toEqual({
      name: 'workers',
      status: 'ok',
      finding: '1 alive (0 with a browser), 4 free places, 0 silent; 0 executions have not ended.',
      advice: null,
    });
  });

  it('names the process of a silent one and its host, and how to end it', async () => {
    await worker({ pid: 4711, silentSeconds: 35 });
    await runningExecution();
    const { status, advice } = await examine();
    expect(status).toBe('fail');
    expect(advice).toMatch(
      /^Process 4711 on laptop has been silent for 3\d s: if it is still there, end it on laptop/,
    );
    expect(advice).toContain('`kill -9 4711`');
    expect(advice).toContain('Start a worker: nothing is crawled.');
  });

  it('leaves one to the platform that started it, for as long as that takes', async () => {
    await worker({ pid: 4711, silentSeconds: 35, supervised: true });
    await runningExecution();
    const soon = await examine();
    expect(soon.status).toBe('warn');
    expect(soon.advice).toMatch(/^Process 4711 on laptop .*: nothing to do, the platform that started it/);
    await db.system.withSystem(
      (tx) => tx.sql`update crawler_instances set heartbeat_at = now() - interval '3 minutes'`,
    );
    const late = await examine();
    expect(late.status).toBe('fail');
    expect(late.advice).toContain('`kill -9 4711`, and look whether `outrider up` runs there');
  });

  it('still names one that was given up for its silence, until it was seen to end or another was started there', async () => {
    await worker({ pid: 4711, silentSeconds: 60 });
    await db.system.withSystem((tx) => markGoneInstances(tx, 3 * LEASE_MS));
    expect((await examine()).advice).toContain('Process 4711 on laptop');
    await db.system.withSystem((tx) => noteInstanceEnd(tx, { host: 'laptop', pid: 4711, how: 'SIGKILL' }));
    expect((await examine()).advice).toBe('Nothing could be crawled now: start a worker.');

    await worker({ pid: 4712, silentSeconds: 60 });
    await db.system.withSystem((tx) => markGoneInstances(tx, 3 * LEASE_MS));
    expect((await examine()).advice).toContain('Process 4712 on laptop');
    await db.system.withSystem((tx) =>
      registerInstance(tx, {
        ...{ id: newId(), host: 'laptop', pid: 4713, version: 'test' },
        ...{ capabilities: ['http'], capacity: 4, supervised: false },
      }),
    );
    expect(await examine()).toMatchObject({ status: 'ok', advice: null });
  });

  it('names the newest of many, and how many more there are', async () => {
    for (let n = 0; n < 7; n += 1) await worker({ pid: 200 + n, silentSeconds: 40 + n });
    const { finding, advice } = await examine();
    expect(finding).toContain('7 silent');
    expect(advice).toContain('Process 204 on laptop');
    expect(advice).not.toContain('Process 205 on laptop');
    expect(advice).toContain('So have 2 more.');
  });

  it('says nothing of one that gave itself up, and of one that winds down', async () => {
    await worker({ pid: 100 });
    await worker({ pid: 101 });
    await worker({ pid: 102 });
    await db.system.withSystem(async ({ sql }) => {
      await sql`update crawler_instances set state = 'draining' where pid = 101`;
      await sql`update crawler_instances set state = 'gone', heartbeat_at = now() where pid = 102`;
    });
    expect(await examine()).toMatchObject({
      status: 'ok',
      finding: expect.stringContaining('0 silent') as string,
    });
  });
});
