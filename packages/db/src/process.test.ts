import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer } from './testing/test-server.js';

const cleanups: (() => Promise<unknown>)[] = [];
let dataDir = '';

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'outrider-process-'));
  await chmod(dataDir, 0o755);
  cleanups.push(() => rm(dataDir, { recursive: true, force: true }));
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  /** The lines of standard output, each parsed as JSON. */
  readonly lines: AsyncIterator<string>;
  readonly exited: Promise<unknown[]>;
}

function run(env: Record<string, string> = {}): Running {
  const loader = new URL('./testing/typescript-loader.mjs', import.meta.url).href;
  const entry = fileURLToPath(new URL('./process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=source', '--import', loader, entry], {
    env: { PATH: '/usr/bin:/bin', OUTRIDER_DATA_DIR: dataDir, ...env },
  });
  child.stderr.resume();
  const exited = once(child, 'exit');
  cleanups.push(async () => {
    child.stdin.end();
    await exited;
  });
  return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator](), exited };
}

async function nextLine({ lines }: Running): Promise<Record<string, unknown>> {
  const { value, done } = await lines.next();
  if (done === true) throw new Error('the process ended without a line');
  return JSON.parse(value) as Record<string, unknown>;
}

async function state(url: unknown): Promise<unknown> {
  const sql = postgres(String(url), { max: 1 });
  try {
    const rows = await sql`
      select current_database() as name, to_regclass('crawler_campaigns') is not null as migrated`;
    return rows[0];
  } finally {
    await sql.end();
  }
}

const isStopped = (): Promise<boolean> =>
  stat(join(dataDir, 'outrider.lock')).then(
    () => false,
    () => true,
  );

describe('the database process', () => {
  it('reports both databases when they are ready, and ends with 0 on SIGTERM', async () => {
    const running = run();
    const line = await nextLine(running);
    expect(line['ready']).toBe(true);
    expect((await stat(join(String(line['clusterDir']), 'PG_VERSION'))).isFile()).toBe(true);
    expect(await state(line['databaseUrl'])).toEqual({ name: 'outrider', migrated: true });
    expect(await state(line['queueUrl'])).toEqual({ name: 'outrider_queue', migrated: false });
    running.child.kill('SIGTERM');
    expect(await running.exited).toEqual([0, null]);
    expect((await running.lines.next()).done).toBe(true);
    expect(await isStopped()).toBe(true);
    await expect(state(line['databaseUrl'])).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('ends with 0 when its parent closes its input', async () => {
    const running = run();
    await nextLine(running);
    running.child.stdin.end();
    expect(await running.exited).toEqual([0, null]);
    expect(await isStopped()).toBe(true);
  });

  it('whose parent is gone lets the others finish first, who lost it in the same moment', async () => {
    const running = run();
    const line = await nextLine(running);
    const client = postgres(String(line['databaseUrl']), { max: 1 });
    cleanups.push(() => client.end({ timeout: 1 }));
    await client`select 1`;
    running.child.stdin.end();
    await sleep(300);
    expect(await client`select 2 as answer`).toEqual([{ answer: 2 }]);
    await client.end();
    expect(await running.exited).toEqual([0, null]);
    expect(await isStopped()).toBe(true);
  });

  it('ends with 0 when it is stopped while it starts', async () => {
    const running = run();
    await once(running.child, 'spawn');
    while (await isStopped()) await sleep(5);
    running.child.kill('SIGINT');
    expect(await running.exited).toEqual([0, null]);
    expect(await isStopped()).toBe(true);
  });

  it('ends with 1 and says why when the data directory is in use', async () => {
    const first = run();
    await nextLine(first);
    const second = run();
    expect(await nextLine(second)).toEqual({
      error: { code: 'data_dir_in_use', message: expect.stringContaining(String(first.child.pid)) },
    });
    expect(await second.exited).toEqual([1, null]);
  });

  it('ends with 1 when its server dies under it', async () => {
    const running = run();
    await nextLine(running);
    const pid = Number(
      (await readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8')).split('\n')[0],
    );
    process.kill(pid, 'SIGQUIT');
    expect(await nextLine(running)).toMatchObject({ error: { code: 'database_failed' } });
    expect(await running.exited).toEqual([1, null]);
  });

  it('ends with 1 and says why when a setting or the directory is wrong', async () => {
    const wrongUrl = run({ DATABASE_URL: 'mysql://127.0.0.1/x' });
    expect(await nextLine(wrongUrl)).toEqual({
      error: { code: 'database_setting_invalid', message: expect.stringContaining('DATABASE_URL') },
    });
    await writeFile(join(dataDir, 'file'), '');
    const wrongDir = run({ OUTRIDER_DATA_DIR: join(dataDir, 'file') });
    expect(await nextLine(wrongDir)).toMatchObject({ error: { code: 'data_dir_unusable' } });
    expect(await Promise.all([wrongUrl.exited, wrongDir.exited])).toEqual([
      [1, null],
      [1, null],
    ]);
  });

  it('prepares the outside server of DATABASE_URL and starts none itself', async () => {
    const server = await startTestServer();
    cleanups.push(() => server.stop());
    const running = run({ DATABASE_URL: server.adminUrl });
    expect(await nextLine(running)).toEqual({
      ready: true,
      databaseUrl: server.adminUrl,
      queueUrl: server.adminUrl,
    });
    await expect(stat(join(dataDir, 'postgres'))).rejects.toMatchObject({ code: 'ENOENT' });
    running.child.kill('SIGTERM');
    expect(await running.exited).toEqual([0, null]);
  });
});
