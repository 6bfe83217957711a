import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardChromium } from './chromium-guard.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outrider-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the guard of a Chromium', () => {
  it('that takes over kills its group, though it hangs, and removes its folder', async () => {
    const hanging = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    const ended = once(hanging, 'exit');
    const profile = join(folder, 'profile');
    mkdirSync(profile);
    const guard = guardChromium(hanging.pid ?? 0, profile);
    guard.takeOver();
    expect(await ended).toEqual([null, 'SIGKILL']);
    await expect.poll(() => existsSync(profile), { timeout: 10_000 }).toBe(false);
  }, 20_000);
});
