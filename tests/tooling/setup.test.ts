import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildFingerprint } from '../../scripts/build-fingerprint.mjs';
import { requireNode } from '../../scripts/setup.mjs';
import { processStart } from '../../scripts/setup-lock.mjs';

const SCRIPTS = fileURLToPath(new URL('../../scripts', import.meta.url));

/**
 * A clone in miniature whose `npx` is a shell script, so that what set-up starts, and how often, can be seen
 * and slowed down without a package registry.
 */
function makeClone() {
  const root = mkdtempSync(join(tmpdir(), 'outrider-clone-'));
  cpSync(SCRIPTS, join(root, 'scripts'), { recursive: true });
  mkdirSync(join(root, 'bin'));
  mkdirSync(join(root, 'packages', 'one', 'src'), { recursive: true });
  writeFileSync(join(root, 'package.json'), JSON.stringify({ packageManager: 'pnpm@0.0.0', type: 'module' }));
  writeFileSync(join(root, 'packages', 'one', 'package.json'), '{}');
  writeFileSync(join(root, 'packages', 'one', 'src', 'index.ts'), 'export {};');
  for (const name of ['pnpm-lock.yaml', 'tsconfig.json', 'turbo.json']) writeFileSync(join(root, name), '{}');
  const npx = [
    '#!/bin/sh',
    'case "$*" in',
    '  *" install "*) step=install ;;',
    '  *) step=build ;;',
    'esac',
    'echo "$step start $$" >> steps.log',
    'echo "output of $step"',
    'if [ "$step" = install ]; then mkdir -p node_modules; sleep "$INSTALL_SECONDS"; fi',
    'if [ -e fail-$step ]; then exit 7; fi',
    'if [ "$step" = install ]; then touch node_modules/.modules.yaml; fi',
    'if [ "$step" = build ]; then mkdir -p packages/one/dist; touch packages/one/dist/index.js; fi',
    'echo "$step end" >> steps.log',
  ].join('\n');
  writeFileSync(join(root, 'bin', 'npx'), npx, { mode: 0o755 });
  return root;
}

let root: string;
beforeEach(() => {
  root = makeClone();
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function startScript(args: string[], env: Record<string, string> = {}): ChildProcess {
  const path = `${join(root, 'bin')}:${process.env['PATH'] ?? ''}`;
  return spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, PATH: path, INSTALL_SECONDS: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

const startSetup = (env: Record<string, string> = {}) => startScript(['scripts/setup.mjs'], env);

async function finish(child: ChildProcess) {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

const steps = () =>
  existsSync(join(root, 'steps.log'))
    ? readFileSync(join(root, 'steps.log'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.replace(/ \d+$/, ''))
    : [];
const forgetSteps = () => rmSync(join(root, 'steps.log'), { force: true });

async function stepStarted(step: string): Promise<number> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const log = existsSync(join(root, 'steps.log')) ? readFileSync(join(root, 'steps.log'), 'utf8') : '';
    const pid = new RegExp(`^${step} start (\\d+)$`, 'm').exec(log)?.[1];
    if (pid !== undefined) return Number(pid);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${step} never started`);
}

describe('set-up', () => {
  it('installs, then builds, and says nothing on standard output', async () => {
    const { code, stdout, stderr } = await finish(startSetup());
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('output of install');
    expect(stderr).not.toContain('output of build');
    expect(steps()).toEqual(['install start', 'install end', 'build start', 'build end']);
  });

  it('does nothing and says nothing when all is done', async () => {
    await finish(startSetup());
    forgetSteps();
    expect(await finish(startSetup())).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(steps()).toEqual([]);
  });

  it('builds again when a source was changed, added or removed, or the output is gone', async () => {
    await finish(startSetup());
    const source = join(root, 'packages', 'one', 'src', 'index.ts');
    const added = join(root, 'packages', 'one', 'src', 'added.ts');
    const changes = [
      () => utimesSync(source, new Date(), new Date(Date.now() + 5000)),
      () => writeFileSync(added, ''),
      () => rmSync(added),
      () => rmSync(join(root, 'packages', 'one', 'dist'), { recursive: true }),
    ];
    for (const change of changes) {
      change();
      forgetSteps();
      await finish(startSetup());
      expect(steps(), change.toString()).toEqual(['build start', 'build end']);
    }
  });

  it('does not build again for a changed test', () => {
    const before = buildFingerprint(root);
    writeFileSync(join(root, 'packages', 'one', 'src', 'index.test.ts'), '');
    expect(buildFingerprint(root)).toBe(before);
  });

  it('installs again when the lock file changed or node_modules is gone', async () => {
    await finish(startSetup());
    const changes = [
      () => writeFileSync(join(root, 'pnpm-lock.yaml'), 'changed'),
      () => rmSync(join(root, 'node_modules'), { recursive: true }),
    ];
    for (const change of changes) {
      change();
      forgetSteps();
      await finish(startSetup());
      expect(steps(), change.toString()).toContain('install end');
    }
  });

  it('shows the output of a failed build and exits non-zero', async () => {
    writeFileSync(join(root, 'fail-build'), '');
    const { code, stdout, stderr } = await finish(startSetup());
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('output of build');
    expect(stderr).toContain('The build failed (exit code 7)');
  });

  it('tries again after a failed install', async () => {
    writeFileSync(join(root, 'fail-install'), '');
    expect((await finish(startSetup())).code).toBe(1);
    rmSync(join(root, 'fail-install'));
    forgetSteps();
    expect((await finish(startSetup())).code).toBe(0);
    expect(steps()).toContain('install end');
  });

  it('three at once install and build once', async () => {
    const slow = { INSTALL_SECONDS: '0.5' };
    const results = await Promise.all([1, 2, 3].map(() => finish(startSetup(slow))));
    expect(results.map((result) => result.code)).toEqual([0, 0, 0]);
    expect(steps()).toEqual(['install start', 'install end', 'build start', 'build end']);
  });

  it('killed in mid-install: the next one ends the orphaned installer and starts over', async () => {
    const first = startSetup({ INSTALL_SECONDS: '60' });
    const installer = await stepStarted('install');
    mkdirSync(join(root, 'node_modules'), { recursive: true });
    writeFileSync(join(root, 'node_modules', 'half-written'), '');
    first.kill('SIGKILL');
    await once(first, 'exit');
    expect(processStart(installer)).not.toBe('');
    forgetSteps();
    const { code, stderr } = await finish(startSetup());
    expect(code).toBe(0);
    expect(stderr).toContain('starting over');
    expect(processStart(installer)).toBe('');
    expect(existsSync(join(root, 'node_modules', 'half-written'))).toBe(false);
    expect(steps()).toEqual(['install start', 'install end', 'build start', 'build end']);
  });

  it('ended by a signal: it takes its installer along', async () => {
    const setup = startSetup({ INSTALL_SECONDS: '60' });
    const installer = await stepStarted('install');
    setup.kill('SIGTERM');
    expect((await finish(setup)).code).toBe(143);
    expect(processStart(installer)).toBe('');
    expect(existsSync(join(root, '.setup', 'lock'))).toBe(false);
  });
});

describe('the command line from a clone', () => {
  const program = [
    'process.once("SIGTERM", () => { console.log("stopped in " + process.pid); process.exit(5); });',
    'console.log(JSON.stringify(process.argv.slice(2)));',
    'setInterval(() => {}, 1000);',
  ].join('\n');

  it('sets up, then runs in the same process with its arguments, signals and exit code', async () => {
    mkdirSync(join(root, 'packages', 'cli', 'dist'), { recursive: true });
    writeFileSync(join(root, 'packages', 'cli', 'package.json'), '{"type":"module"}');
    writeFileSync(join(root, 'packages', 'cli', 'dist', 'main.js'), program);
    const child = startScript(['scripts/outrider.mjs', 'crawl', 'http://127.0.0.1/', '--json']);
    child.stdout?.once('data', () => child.kill('SIGTERM'));
    const { code, stdout } = await finish(child);
    expect(code).toBe(5);
    expect(stdout).toBe(`["crawl","http://127.0.0.1/","--json"]\nstopped in ${child.pid}\n`);
    expect(steps()).toContain('build end');
  });
});

describe('the Node.js check', () => {
  it.each(['18.20.8', '20.18.3', '19.0.0'])('refuses %s', (version) => {
    expect(() => requireNode(version)).toThrow(/20\.19 or newer; this is/);
  });

  it.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('accepts %s', (version) => {
    expect(() => requireNode(version)).not.toThrow();
  });
});
