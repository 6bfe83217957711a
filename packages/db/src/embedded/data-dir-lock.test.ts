import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireDataDirLock, type DataDirLock } from './data-dir-lock.js';
import { processIdentity } from './process-identity.js';

let dataDir = '';

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'outrider-lock-'));
});

afterEach(() => rm(dataDir, { recursive: true, force: true }));

const lockFile = (): string => join(dataDir, 'outrider.lock');

describe('acquireDataDirLock', () => {
  it('writes the process number and start, and removes the file at release', async () => {
    const lock = await acquireDataDirLock(dataDir);
    const [pid, identity] = (await readFile(lockFile(), 'utf8')).split('\n');
    expect(Number(pid)).toBe(process.pid);
    expect(identity).toBe(await processIdentity(process.pid));
    expect(lock.replacedStale).toBe(false);
    await lock.release();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it.each([
    ['of a process that is gone', '999999999\nsome start\nx\n'],
    ['whose number now belongs to a younger process', `${process.pid}\nanother start\nx\n`],
    ['that is empty after a power cut', ''],
    ['that is no lock at all', 'hello'],
  ])('replaces a lock %s', async (_, content) => {
    await writeFile(lockFile(), content);
    const lock = await acquireDataDirLock(dataDir);
    expect(lock.replacedStale).toBe(true);
    await lock.release();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('replaces a lock whose former taker died while replacing it', async () => {
    await writeFile(lockFile(), '999999999\nsome start\nx\n');
    await writeFile(`${lockFile()}.takeover`, '999999998\nsome start\ny\n');
    const lock = await acquireDataDirLock(dataDir);
    await lock.release();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('has one winner when many find the same stale lock', async () => {
    for (let round = 0; round < 60; round += 1) {
      await writeFile(lockFile(), '999999999\nsome start\nx\n');
      // Slightly apart, so that some look at the stale lock while others are already replacing it.
      const acquire = async (): Promise<DataDirLock> => {
        await sleep(Math.random() * 4);
        return acquireDataDirLock(dataDir);
      };
      const results = await Promise.allSettled(Array.from({ length: 8 }, acquire));
      const won = results.filter((result) => result.status === 'fulfilled');
      expect(won).toHaveLength(1);
      for (const { value } of won) await value.release();
    }
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('does not remove at release a lock that has become another process’s', async () => {
    const lock = await acquireDataDirLock(dataDir);
    await writeFile(lockFile(), '1\nsomeone else\nz\n');
    await lock.release();
    expect(await readFile(lockFile(), 'utf8')).toBe('1\nsomeone else\nz\n');
  });
});
