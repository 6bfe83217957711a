import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../.ci/run', import.meta.url));
const run = promisify(execFile);
let bin: string;

beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'outrider-ci-'));
  for (const [name, path] of [
    ['bash', '/bin/bash'],
    ['dirname', '/usr/bin/dirname'],
  ] as const) {
    symlinkSync(path, join(bin, name));
  }
  program('npm', 'echo "npm $*" >> "$LOG"; echo "1 passed, 0 failed, 0 skipped"');
});
afterEach(() => rmSync(bin, { recursive: true }));

function program(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/bash\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
}

/** What the script called, on a machine that has only the programs of `bin`. */
async function called(): Promise<{ calls: string[]; stdout: string }> {
  const log = join(bin, 'log');
  const { stdout } = await run('/bin/bash', [SCRIPT], { env: { PATH: bin, LOG: log } });
  return { calls: existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [], stdout };
}

const APT = 'echo "apt-get $*" >> "$LOG"';
const TESTS = 'npm test --silent -- --all';

describe('.ci/run', () => {
  it('as root without a Chromium installs the headless shell, and then runs the tests', async () => {
    program('id', 'echo 0');
    program('apt-get', APT);
    const { calls, stdout } = await called();
    expect(calls).toEqual([
      'apt-get -q update',
      'apt-get -q install -y --no-install-recommends chromium-headless-shell',
      TESTS,
    ]);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('1 passed, 0 failed, 0 skipped');
  });

  it.each(['chromium-headless-shell', 'chromium'])('as root with %s installs nothing', async (name) => {
    program('id', 'echo 0');
    program('apt-get', APT);
    program(name, 'exit 0');
    expect((await called()).calls).toEqual([TESTS]);
  });

  it('as another user installs nothing: the tests unpack what they need', async () => {
    program('id', 'echo 1000');
    program('apt-get', APT);
    expect((await called()).calls).toEqual([TESTS]);
  });

  it('on a system without apt-get goes straight to the tests', async () => {
    program('id', 'echo 0');
    expect((await called()).calls).toEqual([TESTS]);
  });

  it('fails when the installation does', async () => {
    program('id', 'echo 0');
    program('apt-get', `${APT}; [[ $2 == update ]]`);
    await expect(called()).rejects.toMatchObject({ code: 1 });
  });
});
