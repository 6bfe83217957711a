import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FetchLog, parseFetchLog } from './fetch-log.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oracle-log-'));
  file = join(folder, 'fetches.jsonl');
});

afterEach(() => rm(folder, { recursive: true }));

const arrival = (path: string, host = '127.0.0.1') => ({ host, path, method: 'GET', userAgent: 'x' });

describe('FetchLog', () => {
  it('writes a line for each fetch that ended and none for those still open', async () => {
    const log = new FetchLog({ file });
    const [one, two] = [log.arrive(arrival('/1')), log.arrive(arrival('/2'))];
    log.arrive(arrival('/3'));
    two.start();
    two.end('answered', 200);
    one.end('aborted', null);
    await new Promise(setImmediate);
    const lines = parseFetchLog(await readFile(file, 'utf8'));
    expect(lines.map(({ path, status, ending }) => [path, status, ending])).toEqual([
      ['/1', null, 'aborted'],
      ['/2', 200, 'answered'],
    ]);
    expect(log.entries().map(({ path, ending }) => [path, ending])).toEqual([
      ['/1', 'aborted'],
      ['/2', 'answered'],
      ['/3', 'open'],
    ]);
    log.close();
  });

  it('reads the file back, with what is open, when it keeps nothing in memory', () => {
    const log = new FetchLog({ file, keepInMemory: false });
    const open = log.arrive(arrival('/open'));
    log.arrive(arrival('/ended')).end('answered', 204);
    expect(log.entries().map(({ path }) => path)).toEqual(['/open', '/ended']);
    open.end('answered', 200);
    log.close();
    expect(log.entries().map(({ status }) => status)).toEqual([200, 204]);
  });

  it('appends to the lines of an earlier run', () => {
    for (const path of ['/first', '/second']) {
      const log = new FetchLog({ file, keepInMemory: false });
      log.arrive(arrival(path)).end('answered', 200);
      log.close();
    }
    expect(new FetchLog({ file, keepInMemory: false }).entries()).toHaveLength(2);
  });

  it('says by how much a request may have come sooner than it was noted', () => {
    const log = new FetchLog({ file });
    const until = performance.now() + 100;
    // Holds up the event loop, as other work of the process does.
    while (performance.now() < until);
    log.arrive(arrival('/late'));
    expect(log.entries()[0]?.notedLateMs).toBeGreaterThanOrEqual(85);
    log.close();
  });

  it('counts open fetches host by host and takes the first ending only', () => {
    const log = new FetchLog({});
    const first = log.arrive(arrival('/1'));
    log.arrive(arrival('/2'));
    log.arrive(arrival('/3', 'other.test'));
    first.end('answered', 200);
    first.end('aborted', null);
    log.arrive(arrival('/4'));
    expect(log.entries().map((entry) => entry.concurrencyAtStart)).toEqual([1, 2, 1, 2]);
    expect(log.entries()[0]?.ending).toBe('answered');
  });

  it('forgets fetches that were open when it was cleared', () => {
    const log = new FetchLog({ file, keepInMemory: false });
    const open = log.arrive(arrival('/before'));
    log.clear();
    expect(log.entries()).toEqual([]);
    log.arrive(arrival('/after')).end('answered', 200);
    open.end('answered', 200);
    expect(log.entries().map(({ path, concurrencyAtStart }) => [path, concurrencyAtStart])).toEqual([
      ['/after', 2],
    ]);
    log.close();
  });

  it('gives times that never go back', () => {
    const log = new FetchLog({});
    const fetch = log.arrive(arrival('/'));
    fetch.start();
    fetch.end('answered', 200);
    const [entry] = log.entries();
    expect(Math.abs((entry?.at ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(entry?.startedAt).toBeGreaterThanOrEqual(entry?.at ?? Number.NaN);
    expect(entry?.endedAt).toBeGreaterThanOrEqual(entry?.startedAt ?? Number.NaN);
  });

  it('refuses to keep its entries nowhere', () => {
    expect(() => new FetchLog({ keepInMemory: false })).toThrow(RangeError);
  });
});

describe('parseFetchLog', () => {
  it('leaves out a last line that a crash cut short', () => {
    expect(parseFetchLog('{"at":2}\n{"at":1}\n{"at":')).toEqual([{ at: 1 }, { at: 2 }]);
  });
});
