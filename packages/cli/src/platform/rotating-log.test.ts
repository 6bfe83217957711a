import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openRotatingLog } from './rotating-log.js';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outrider-log-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const line = (n: number): Buffer => Buffer.from(`${String(n).padStart(9, '0')}\n`);

it('a log never takes more than twice its limit, loses no line before that and is for its owner alone', async () => {
  const path = join(folder, 'logs', 'api.log');
  const log = openRotatingLog(path, 100);
  for (let n = 0; n < 25; n += 1) log.write(line(n));
  log.close();
  log.write(line(99));
  expect(await readdir(join(folder, 'logs'))).toEqual(['api.log', 'api.log.1']);
  const [older, newer] = await Promise.all([readFile(`${path}.1`, 'utf8'), readFile(path, 'utf8')]);
  expect([older.length, newer.length]).toEqual([100, 50]);
  expect(`${older}${newer}`).toBe(Array.from({ length: 15 }, (_, index) => line(index + 10)).join(''));
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('a log goes on where the run before ended', async () => {
  const path = join(folder, 'api.log');
  for (const n of [1, 2]) {
    const log = openRotatingLog(path, 100);
    log.write(line(n));
    log.close();
  }
  expect(await readFile(path, 'utf8')).toBe(`${line(1)}${line(2)}`);
});
