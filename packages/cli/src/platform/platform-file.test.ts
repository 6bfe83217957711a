import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPlatformFile, removePlatformFile, writePlatformFile } from './platform-file.js';

let dataDir = '';

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'outrider-platform-file-'));
});

afterEach(() => rm(dataDir, { recursive: true, force: true }));

const ours = { apiUrl: 'http://127.0.0.1:3000', pid: process.pid, startedAt: '2026-01-01T00:00:00.000Z' };

describe('the platform file', () => {
  it('names the platform that lives, until that removes it', async () => {
    await writePlatformFile(dataDir, ours);
    expect(await readPlatformFile(dataDir)).toEqual(ours);
    await removePlatformFile(dataDir, process.pid + 1);
    expect(await readPlatformFile(dataDir)).toEqual(ours);
    await removePlatformFile(dataDir, process.pid);
    expect(await readdir(dataDir)).toEqual([]);
    expect(await readPlatformFile(dataDir)).toBeNull();
  });

  it('of a dead process counts for nothing', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    await writePlatformFile(dataDir, { ...ours, pid: child.pid ?? 0 });
    expect(await readPlatformFile(dataDir)).toBeNull();
  });

  it.each([
    '',
    'null',
    '{"apiUrl":"x"}',
    '{"apiUrl":"nowhere","pid":1,"startedAt":""}',
    '{"apiUrl":"http://x","pid":-1,"startedAt":""}',
  ])('with the content %j counts for nothing', async (content) => {
    await writeFile(join(dataDir, 'platform.json'), content);
    expect(await readPlatformFile(dataDir)).toBeNull();
  });
});
