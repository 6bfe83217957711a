import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, type TestDatabase } from '@outrider/db/testing';
import { newId } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { until } from './outrider-program.js';
import { openSession } from './outrider-session.js';

const PROGRAM = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));

let db: TestDatabase;
let dataDir: string;

beforeEach(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  dataDir = await mkdtemp(join(tmpdir(), 'outrider-doctor-'));
});
afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
  await db.drop();
});

interface Finding {
  readonly name: string;
  readonly status: string;
  readonly finding: string;
  readonly advice: string | null;
}

/** Runs `outrider doctor --json`, and returns its exit code and what it found by name. */
async function doctor(environment: Record<string, string> = {}) {
  const { code, out } = await new Promise<{ code: number; out: string }>((resolve) => {
    const env = {
      PATH: process.env['PATH'],
      OUTRIDER_DATA_DIR: dataDir,
      DATABASE_URL: db.url,
      ...environment,
    };
    execFile(process.execPath, [PROGRAM, 'doctor', '--json'], { env }, (error, stdout) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out: stdout }),
    );
  });
  const report = JSON.parse(out) as { healthy: boolean; checks: Finding[] };
  return { code, ...report, found: Object.fromEntries(report.checks.map((check) => [check.name, check])) };
}

describe('outrider doctor', { timeout: 60_000 }, () => {
  it('finds a platform well, but for the worker that is missing', async () => {
    const { code, healthy, checks, found } = await doctor();
    expect({ code, healthy }).toEqual({ code: 0, healthy: true });
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(Object.keys(found)).toEqual([
      ...[
        'data directory',
        'disk space',
        'database',
        'database version',
        'schema',
        'database roles',
        'database clock',
      ],
      ...['database disk', 'locks', 'transactions', 'leases', 'stalls', 'workers', 'queue', 'browser'],
    ]);
    expect(found['workers']).toMatchObject({
      status: 'warn',
      advice: expect.stringContaining('worker') as string,
    });
    expect(found['browser']?.finding).toContain('starts in');
    for (const { status, advice } of checks) expect(advice === null).toBe(status === 'ok');
  });

  it('says what to do about a database that is not there, a queue that is not, and a browser that is none', async () => {
    const { code, found } = await doctor({
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      REDIS_URL: 'redis://127.0.0.1:1',
      CHROMIUM_PATH: '/nowhere/chromium',
    });
    expect(code).toBe(1);
    for (const name of ['database', 'queue', 'browser']) expect(found[name]?.status).toBe('fail');
    expect(found['database']?.advice).toContain('DATABASE_URL');
    expect(found['queue']?.finding).toContain('On Redis');
    expect(found['queue']?.advice).toContain('without REDIS_URL the queue is kept in PostgreSQL');
    expect(found['browser']?.advice).toContain('CHROMIUM_PATH');
    expect(found['schema']).toBeUndefined();
  });

  it('examines the embedded database while it runs, and says how to start it when it does not', async () => {
    const session = await openSession();
    const look = async () => {
      const { code, stdout } = await session.run('doctor', '--json');
      const { checks } = JSON.parse(stdout) as { checks: Finding[] };
      return { code, found: Object.fromEntries(checks.map((check) => [check.name, check])) };
    };
    try {
      const platform = session.start(['up', '--port', '0', '--json']);
      await until('the platform', () => platform.stdout().includes('\n'));
      const alive = await look();
      expect(alive.code).toBe(0);
      for (const name of ['database', 'schema', 'database roles', 'workers', 'queue']) {
        expect(alive.found[name], name).toMatchObject({ status: 'ok', advice: null });
      }
      expect(alive.found['queue']?.finding).toContain('On PostgreSQL');

      platform.kill('SIGTERM');
      await platform.result;
      const stopped = { status: 'warn', advice: expect.stringContaining('`outrider up`') as string };
      expect((await look()).found['database']).toMatchObject(stopped);
      // As a power cut leaves it: the file of a server that is no more.
      const left = ['999999', '/nowhere', '0', '1', '', '127.0.0.1', '', 'ready', ''].join('\n');
      await writeFile(join(session.dataDir, 'postgres', 'data', 'postmaster.pid'), left);
      const dead = await look();
      expect(dead.found['database']).toMatchObject(stopped);
      expect(dead.found['data directory']?.status).toBe('ok');
    } finally {
      await session.close();
    }
  });

  it('finds leases that nobody takes back, work without workers, and a folder that everybody may write to', async () => {
    await db.app.withTenant(db.tenantId, async ({ sql }) => {
      const [campaign, execution] = [newId(), newId()];
      await sql`insert into crawler_campaigns (id, tenant_id, name, config) values (${campaign}, ${db.tenantId}, 'x', '{}')`;
      await sql`insert into campaign_executions (id, tenant_id, campaign_id, number, execution_type, config, config_revision,
          lane_count, triggered_by, status, started_at)
        values (${execution}, ${db.tenantId}, ${campaign}, 1, 'api', '{}', 1, 1, 'a test', 'running', now())`;
      await sql`insert into execution_lanes (id, tenant_id, execution_id, campaign_id, lane_number, status, lease_until)
        values (${newId()}, ${db.tenantId}, ${execution}, ${campaign}, 1, 'active', now() - interval '1 hour')`;
    });
    await chmod(dataDir, 0o777);
    const { code, found } = await doctor();
    expect(code).toBe(1);
    expect(found['leases']).toMatchObject({
      status: 'fail',
      finding: expect.stringContaining('1 lanes') as string,
    });
    expect(found['workers']?.status).toBe('fail');
    expect(found['data directory']?.status).toBe('warn');
  });
});
