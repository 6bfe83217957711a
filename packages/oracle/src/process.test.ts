import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseFetchLog } from './log/fetch-log.js';
import { loopbackGet } from './testing/loopback-get.js';

const PLAN = { seed: 3, pages: 20, linksPerPage: 4, plant: { notFound: 2, hang: 1 } };

let folder: string;
let program: string;
let child: ChildProcessWithoutNullStreams | undefined;

// Bundled from the sources, so that this test needs no build and never runs an old one.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oracle-process-'));
  program = join(folder, 'process.mjs');
  const source = fileURLToPath(new URL('./process.ts', import.meta.url));
  const esbuild = join(createRequire(import.meta.url).resolve('esbuild/package.json'), '../bin/esbuild');
  const flags = ['--bundle', '--platform=node', '--format=esm', '--log-level=warning'];
  await promisify(execFile)(esbuild, [source, ...flags, `--outfile=${program}`]);
});

afterEach(() => {
  child?.kill('SIGKILL');
  child = undefined;
});

afterAll(() => rm(folder, { recursive: true }));

function run(...args: string[]): ChildProcessWithoutNullStreams {
  child = spawn(process.execPath, [program, ...args]);
  return child;
}

async function firstLine(started: ChildProcessWithoutNullStreams): Promise<{ origin: string; pid: number }> {
  const [line] = (await once(createInterface(started.stdout), 'line')) as [string];
  return JSON.parse(line) as { origin: string; pid: number };
}

async function control(origin: string, name: string): Promise<string> {
  return (await loopbackGet(`${origin}/__oracle/${name}`)).body.toString();
}

describe('the site as a process', () => {
  it('serves, logs to its file and exits when standard input closes', async () => {
    const logFile = join(folder, 'served.jsonl');
    const started = run(JSON.stringify(PLAN), logFile);
    const { origin, pid } = await firstLine(started);
    expect(pid).toBe(started.pid);
    expect((await loopbackGet(`${origin}/`)).status).toBe(200);
    expect((await loopbackGet(`${origin}/missing/1`)).status).toBe(404);
    started.stdin.end();
    expect(await once(started, 'exit')).toEqual([0, null]);
    const log = parseFetchLog(await readFile(logFile, 'utf8'));
    expect(log.map(({ path, status }) => [path, status])).toEqual([
      ['/', 200],
      ['/missing/1', 404],
    ]);
  });

  it('leaves a complete log behind when it is killed', async () => {
    const logFile = join(folder, 'killed.jsonl');
    const started = run(JSON.stringify(PLAN), logFile);
    const { origin } = await firstLine(started);
    for (let page = 0; page < 5; page += 1) await loopbackGet(`${origin}/`);
    // An answer to this one means that the turns of the others are over.
    await control(origin, 'log');
    started.kill('SIGKILL');
    await once(started, 'exit');
    expect(parseFetchLog(await readFile(logFile, 'utf8'))).toHaveLength(5);
  });

  it.each(['with a log file', 'without'])('is steered from outside, unlogged, %s', async (kind) => {
    const { origin } = await firstLine(
      run(JSON.stringify(PLAN), ...(kind === 'without' ? [] : [join(folder, 'steered.jsonl')])),
    );
    const expected = JSON.parse(await control(origin, 'expected')) as Record<string, unknown>;
    expect(expected).toMatchObject({ fetched: 22, failed: 1, byStatus: { 200: 20, 404: 2 } });
    expect(expected['failedUrls']).toEqual([`${origin}/silent/0`]);
    expect(await control(origin, 'set-delay?ms=50')).toBe('{"delayMs":50}');
    expect((await loopbackGet(`${origin}/__oracle/set-delay?ms=x`)).status).toBe(400);
    expect((await loopbackGet(`${origin}/__oracle/other`)).status).toBe(404);
    await loopbackGet(`${origin}/`);
    const [entry, ...more] = parseFetchLog(await control(origin, 'log'));
    expect(more).toEqual([]);
    expect((entry?.endedAt ?? 0) - (entry?.at ?? 0)).toBeGreaterThanOrEqual(49);
    await control(origin, 'clear-log');
    await control(origin, 'pause');
    const held = loopbackGet(`${origin}/`);
    await expect.poll(() => control(origin, 'log')).toContain('"ending":"open"');
    await control(origin, 'resume');
    expect((await held).status).toBe(200);
  });

  it('refuses to start without a plan or with a bad one', async () => {
    expect(await once(run(), 'exit')).toEqual([2, null]);
    expect(await once(run('{"seed":1,"pages":0,"linksPerPage":1}'), 'exit')).toEqual([1, null]);
  });
});
