import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Platform, startPlatform } from './start-platform.js';
import type { AnswerPolicy } from './watch-answers.js';

// The supervisor's own duties, shown with small programs that keep the contract of its processes. The real
// processes are under it in tests/end-to-end.

let dataDir = '';
const platforms: Platform[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'outrider-supervisor-'));
});

afterEach(async () => {
  for (const platform of platforms.splice(0)) {
    platform.kill();
    await platform.stop();
  }
  await rm(dataDir, { recursive: true, force: true });
});

/** Notes its start and its end in the journal, with what it was told. */
const PROGRAM = `
import { appendFileSync } from 'node:fs';
const { DATA, ROLE_FACTS, ROLE, HANG_ON_STOP } = process.env;
const note = (text) => appendFileSync(DATA + '/journal', ROLE + ' ' + text + '\\n');
const stop = (why) => { if (HANG_ON_STOP) return; note('end ' + why); process.exit(0); };
process.on('SIGTERM', () => stop('SIGTERM'));
process.stdin.on('end', () => stop('stdin')).on('data', () => process.stdout.write('{"alive":true}\\n'));
note('start ' + process.pid + ' port=' + process.env.PORT);
process.stderr.write('log of ' + ROLE + '\\n');
process.stdout.write(JSON.stringify({ ready: true, ...JSON.parse(ROLE_FACTS) }) + '\\n');
`;

const FACTS = {
  database: { databaseUrl: 'postgres://127.0.0.1/a', queueUrl: 'postgres://127.0.0.1/b' },
  api: { port: 4_567 },
  orchestrator: { metricsPort: 1 },
  worker: { metricsPort: 2 },
};
type Role = keyof typeof FACTS;

/** Writes the program of one role; \`code\` in its place for one that behaves differently. */
async function programOf(role: Role, code?: string): Promise<string> {
  const path = join(dataDir, `${role}.mjs`);
  const settings = `Object.assign(process.env, ${JSON.stringify({
    DATA: dataDir,
    ROLE: role,
    ROLE_FACTS: JSON.stringify(FACTS[role]),
  })});`;
  await writeFile(path, code ?? `${settings}\n${PROGRAM}`);
  return path;
}

/** A database process whose cluster lies elsewhere. */
const DISTANT = `process.stdin.on('end', () => process.exit(0)).resume();
process.on('SIGTERM', () => process.exit(0));
process.stdout.write(JSON.stringify({ ready: true, databaseUrl: 'postgres://x/a', queueUrl: 'postgres://x/a', clusterDir: '/var/lib/outrider/0/data' }) + '\\n');`;

/** No test takes this long. */
const NEVER_HUNG: AnswerPolicy = { everyMs: 60_000, most: 60 };

async function start(changes: Partial<Record<Role, string>> = {}, answers = NEVER_HUNG) {
  const lines: string[] = [];
  const platform = startPlatform({
    dataDir,
    environment: { PATH: '/usr/bin:/bin' },
    entryPoints: {
      database: await programOf('database', changes.database),
      api: await programOf('api', changes.api),
      orchestrator: await programOf('orchestrator', changes.orchestrator),
      worker: await programOf('worker', changes.worker),
    },
    host: '127.0.0.1',
    port: 0,
    workers: 2,
    metricsPort: 0,
    report: (line) => lines.push(line),
    policy: { firstPauseMs: 10, longestPauseMs: 50, stableMs: 60_000, maxRestarts: 3 },
    answers,
  });
  platforms.push(platform);
  return { platform, lines };
}

async function journal(): Promise<string[]> {
  return (await readFile(join(dataDir, 'journal'), 'utf8').catch(() => '')).trimEnd().split('\n');
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(10);
}

function pidsOf(lines: readonly string[], role: Role): number[] {
  return lines.flatMap((line) => (line.startsWith(`${role} start`) ? [Number(line.split(' ')[2])] : []));
}

const FAILING = `process.stdout.write('{"error":{"code":"invalid_settings","message":"PORT is taken"}}\\n'); process.exitCode = 1;`;

describe('startPlatform', () => {
  it('says where the database lies when that is outside the data directory', async () => {
    const { platform, lines } = await start({ database: DISTANT });
    await platform.ready;
    expect(platform.databaseOutside()).toBe('/var/lib/outrider/0/data');
    expect(lines.filter((line) => line.includes('/var/lib/outrider/0/data'))).toHaveLength(1);
  });

  it('says nothing of the place of a database in the data directory', async () => {
    const { platform, lines } = await start();
    await platform.ready;
    expect(platform.databaseOutside()).toBeNull();
    expect(lines.join()).not.toContain('The database lies in');
  });

  it('starts the database first, and ends workers, orchestrator, API and database in this order', async () => {
    const { platform } = await start();
    await platform.ready;
    expect(await platform.apiUrl).toBe('http://127.0.0.1:4567');
    expect(JSON.parse(await readFile(join(dataDir, 'platform.json'), 'utf8'))).toMatchObject({
      apiUrl: 'http://127.0.0.1:4567',
      pid: process.pid,
    });
    await platform.stop();
    const lines = await journal();
    expect(lines[0]).toMatch(/^database start/);
    expect(lines.filter((line) => line.includes(' end '))).toEqual([
      'worker end SIGTERM',
      'worker end SIGTERM',
      'orchestrator end SIGTERM',
      'api end SIGTERM',
      'database end SIGTERM',
    ]);
    expect(await readFile(join(dataDir, 'logs', 'worker-2.log'), 'utf8')).toBe('log of worker\n');
    await expect(readFile(join(dataDir, 'platform.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('starts again what dies, the API on the port it had', async () => {
    const { platform, lines } = await start();
    await platform.ready;
    for (const role of ['api', 'worker'] as const) {
      const [victim = 0] = pidsOf(await journal(), role);
      const before = pidsOf(await journal(), role).length;
      process.kill(victim, 'SIGKILL');
      await until(async () => pidsOf(await journal(), role).length === before + 1);
    }
    expect((await journal()).filter((line) => line.startsWith('api start')).at(-1)).toContain('port=4567');
    await until(async () => lines.some((line) => /^The worker \d ended by itself .*SIGKILL/.test(line)));
    expect(lines.some((line) => /^The api ended by itself .*SIGKILL/.test(line))).toBe(true);
  });

  it.each(['api', 'orchestrator', 'worker'] as const)('replaces a stopped %s, and says why', async (role) => {
    const { platform, lines } = await start({}, { everyMs: 300, most: 5 });
    await platform.ready;
    const [victim = 0] = pidsOf(await journal(), role);
    process.kill(victim, 'SIGSTOP');
    const said = new RegExp(
      `^The ${role}( \\d)? has not answered for 1.5 s and was killed \\(process ${victim}\\); starting it again in`,
    );
    await until(async () => lines.some((line) => said.test(line)));
    expect(() => process.kill(victim, 0)).toThrow(/ESRCH/);
    await until(async () => pidsOf(await journal(), role).length > (role === 'worker' ? 2 : 1));
    const next = pidsOf(await journal(), role).at(-1);
    await until(async () => lines.some((line) => line.endsWith(` is ready (process ${next}).`)));
  });

  it('takes everything down and up again when the database dies', async () => {
    const { platform } = await start();
    await platform.ready;
    const [victim = 0] = pidsOf(await journal(), 'database');
    process.kill(victim, 'SIGKILL');
    await until(async () => pidsOf(await journal(), 'worker').length === 4);
    for (const role of ['api', 'orchestrator'] as const) {
      await until(async () => pidsOf(await journal(), role).length === 2);
    }
    const lines = await journal();
    const back = lines.findLastIndex((line) => line.startsWith('database start'));
    const ends = lines.flatMap((line, index) => (line.endsWith('end SIGTERM') ? [index] : []));
    expect(ends).toHaveLength(4);
    expect(Math.max(...ends)).toBeLessThan(back);
    await platform.stop();
    expect((await journal()).filter((line) => line.includes(' end '))).toHaveLength(9);
  });

  it.each(['database', 'api', 'worker'] as const)(
    'fails with the words of a %s that does not start',
    async (role) => {
      const { platform } = await start({ [role]: FAILING });
      await expect(platform.ready).rejects.toMatchObject({
        code: 'invalid_settings',
        message: 'PORT is taken',
      });
      await platform.stop();
      const lines = await journal();
      const starts = lines.filter((line) => line.includes(' start ')).length;
      expect(lines.filter((line) => line.includes(' end ')).length).toBeLessThanOrEqual(starts);
    },
  );

  it('waits for the platform before it that was killed and is still ending', async () => {
    const flag = join(dataDir, 'tried');
    const inUse = `{"error":{"code":"data_dir_in_use","message":"in use by process 1"}}`;
    const database = `
import { existsSync, writeFileSync } from 'node:fs';
if (existsSync('${flag}')) {
  process.stdin.on('end', () => process.exit(0)).resume();
  process.on('SIGTERM', () => process.exit(0));
  process.stdout.write('${JSON.stringify({ ready: true, ...FACTS.database })}\\n');
} else {
  writeFileSync('${flag}', '');
  process.stdout.write('${inUse}\\n');
  process.exitCode = 1;
}`;
    const { platform, lines } = await start({ database });
    await platform.ready;
    expect(lines[0]).toMatch(/^The database did not start \(in use by process 1\); starting it again/);
  });

  it('names the log of a process that ends without a word', async () => {
    const { platform } = await start({ orchestrator: 'process.exitCode = 7;' });
    const log = join(dataDir, 'logs', 'orchestrator.log');
    await expect(platform.ready).rejects.toThrow(
      `the orchestrator ended with exit code 7; its log is ${log}`,
    );
  });

  it('gives up on a process that dies again and again', async () => {
    const ready = `process.stdout.write('{"ready":true}\\n');`;
    const { platform, lines } = await start({ worker: `${ready} setTimeout(() => process.exit(3), 20);` });
    await expect(platform.failed).rejects.toThrow(/^The worker \d ended 4 times/);
    expect(
      lines.filter((line) => line.startsWith('The worker 1 ended by itself')).length,
    ).toBeLessThanOrEqual(3);
  });

  it('stopped while it starts, leaves nothing running', async () => {
    const { platform } = await start();
    await until(async () => (await journal()).some((line) => line.startsWith('database start')));
    await platform.stop();
    const lines = await journal();
    const pids = lines.filter((line) => line.includes(' start ')).map((line) => Number(line.split(' ')[2]));
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });
});
