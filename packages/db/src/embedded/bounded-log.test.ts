import { appendFileSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBoundedLog } from './bounded-log.js';

let path = '';

beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'outrider-log-')), 'postgres.log');
});

afterEach(() => rm(join(path, '..'), { recursive: true, force: true }));

describe('openBoundedLog', () => {
  it('moves a log that has grown too large aside when it is opened', async () => {
    await writeFile(path, 'x'.repeat(2000));
    const log = await openBoundedLog(path, { maxBytes: 1000 });
    await log.close();
    expect((await stat(path)).size).toBe(0);
    expect((await stat(`${path}.1`)).size).toBe(2000);
  });

  it('empties a log that grows too large while it is open, and writing goes on', async () => {
    const log = await openBoundedLog(path, { maxBytes: 1000, checkMs: 10 });
    await appendFile(path, 'x'.repeat(2000));
    while ((await stat(path)).size > 0) await sleep(5);
    await appendFile(path, 'more');
    expect(await log.since(100)).toBe('more');
    await log.close();
    expect(await readFile(`${path}.1`, 'utf8')).toBe('x'.repeat(2000));
  });

  it('keeps what it moved aside when checks come faster than a copy is made', async () => {
    const log = await openBoundedLog(path, { maxBytes: 1000, checkMs: 1 });
    // All at once: what is trimmed between two writes is the log of the first one.
    appendFileSync(path, 'x'.repeat(20_000_000));
    while ((await stat(path)).size > 0) await sleep(1);
    await sleep(50);
    await log.close();
    expect((await stat(`${path}.1`)).size).toBe(20_000_000);
  });

  it('reads back only what was written since the mark', async () => {
    await writeFile(path, 'before ');
    const log = await openBoundedLog(path);
    await appendFile(path, 'first ');
    await log.mark();
    await appendFile(path, 'second');
    expect(await log.since(100)).toBe('second');
    expect(await log.since(3)).toBe('ond');
    await log.close();
  });
});
