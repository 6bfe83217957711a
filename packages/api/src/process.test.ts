import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, type TestDatabase } from '@outrider/db/testing';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly lines: AsyncIterator<string>;
  readonly exited: Promise<unknown[]>;
  /** Standard error so far. */
  readonly log: () => string;
}

let db: TestDatabase;
let dataDir: string;
const children: ChildProcessWithoutNullStreams[] = [];

beforeEach(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  dataDir = await mkdtemp(join(tmpdir(), 'outrider-api-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await db.drop();
  await rm(dataDir, { recursive: true, force: true });
});

/** Starts the process from its sources, on the test's database. */
function run(over: Record<string, string> = {}): Running {
  const loader = new URL('../../db/src/testing/typescript-loader.mjs', import.meta.url).href;
  const entry = fileURLToPath(new URL('./process.ts', import.meta.url));
  const env = { PATH: '/usr/bin:/bin', DATABASE_URL: db.url, OUTRIDER_DATA_DIR: dataDir, PORT: '0', ...over };
  const child = spawn(process.execPath, ['--conditions=source', '--import', loader, entry], { env });
  children.push(child);
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return { child, lines, exited: once(child, 'exit'), log: () => log };
}

async function nextLine({ lines, log }: Running): Promise<Record<string, unknown>> {
  const { value, done } = await lines.next();
  if (done === true) throw new Error(`the process ended without a line: ${log()}`);
  return JSON.parse(value) as Record<string, unknown>;
}

async function ready(running: Running): Promise<string> {
  const line = await nextLine(running);
  expect(line).toEqual({ ready: true, process: 'api', port: expect.any(Number) });
  return `http://127.0.0.1:${line['port']}`;
}

function list(origin: string, key: string): Promise<Response> {
  return fetch(`${origin}/api/crawler/campaigns`, { headers: { authorization: `Bearer ${key}` } });
}

const keyFile = (): string => join(dataDir, 'api-key');

describe('the API process', () => {
  it('makes the first key, shows it once, keeps it for its owner alone, and a later start reuses it', async () => {
    const first = run();
    const origin = await ready(first);
    const key = (await readFile(keyFile(), 'utf8')).trim();
    expect((await stat(keyFile())).mode & 0o777).toBe(0o600);
    expect(first.log().split(key)).toHaveLength(2);
    expect((await list(origin, key)).status).toBe(200);
    expect((await fetch(`${origin}/readyz`)).status).toBe(200);
    first.child.kill('SIGTERM');
    expect(await first.exited).toEqual([0, null]);

    const second = run();
    const again = await ready(second);
    expect((await list(again, key)).status).toBe(200);
    expect(second.log()).not.toContain(key);
    expect((await readFile(keyFile(), 'utf8')).trim()).toBe(key);
  });

  it('two first starts at once agree on one key', async () => {
    const origins = await Promise.all([ready(run()), ready(run())]);
    const key = (await readFile(keyFile(), 'utf8')).trim();
    for (const origin of origins) expect((await list(origin, key)).status).toBe(200);
    const rows = await db.system.withSystem((tx) => tx.sql`select 1 from api_keys`);
    expect(rows).toHaveLength(1);
  });

  it("the operator's own key works, and is written nowhere", async () => {
    const key = 'd2f1c0a9b8e7d6c5b4a3928170615243f5e4d3c2b1a0';
    const running = run({ OUTRIDER_API_KEY: key });
    expect((await list(await ready(running), key)).status).toBe(200);
    await expect(stat(keyFile())).rejects.toThrow('ENOENT');
    expect(running.log()).not.toContain(key);
  });

  it.each(['replace-me', 'short', `crw_live_${'0'.repeat(12)}_${'0'.repeat(64)}_00000000`])(
    'a weak key of the operator, %s, is refused with how to make one',
    async (key) => {
      const running = run({ OUTRIDER_API_KEY: key });
      expect(await nextLine(running)).toMatchObject({
        error: { code: 'invalid_settings', message: expect.stringContaining('openssl rand') },
      });
      expect(await running.exited).toEqual([1, null]);
    },
  );

  it('ends when its supervisor is gone', async () => {
    const running = run({ OUTRIDER_SUPERVISED: '1' });
    await ready(running);
    running.child.stdin.end();
    expect(await running.exited).toEqual([0, null]);
  });
});
