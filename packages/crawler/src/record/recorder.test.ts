import type { Batch, CommitOutcome, Discovery, Settlement } from '@outrider/db';
import { describe, expect, it } from 'vitest';
import { unrecordable } from '../lane/internal-failures.js';
import { Recorder, type RecorderOptions } from './recorder.js';
import type { UrlSettlement } from './url-settlement.js';

const DONE: CommitOutcome = {
  kind: 'committed',
  settled: 0,
  discovered: 0,
  forgotten: false,
  lastBatch: 0,
};

function skipped(name: string): UrlSettlement {
  return {
    url: `http://a.test/${name}`,
    host: 'a.test',
    urlKey: name,
    attempt: 1,
    verdict: { kind: 'skipped', reason: 'robots_txt', rule: '' },
    discoveries: [],
    errors: [],
  };
}

/** A recorder whose commits are kept and answered by `answer`, with what it reported. */
function recorder(
  answer: (batch: Batch) => CommitOutcome | Promise<CommitOutcome> = () => DONE,
  options: Partial<RecorderOptions> = {},
) {
  const batches: string[][] = [];
  const reports: unknown[] = [];
  const made = new Recorder({
    commit: async (batch) => {
      batches.push(batch.settlements.map(({ urlKey }) => urlKey));
      return answer(batch);
    },
    onRefused: () => reports.push('refused'),
    onFailed: (error) => reports.push(error),
    withoutRecord: (settlement) => ({ ...settlement, urlKey: `${settlement.urlKey} without record` }),
    batchSize: 4,
    maxWaitMs: 5,
    ...options,
  });
  return { recorder: made, batches, reports };
}

function dataError(): Error {
  return Object.assign(new Error('invalid byte sequence'), { code: '22021' });
}

const names = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, n) => `u${from + n}`);

describe('a recorder', () => {
  it('commits in batches, in order, one at a time', async () => {
    let open = 0;
    const { recorder: made, batches } = recorder(async () => {
      open += 1;
      expect(open).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 2));
      open -= 1;
      return DONE;
    });
    for (const name of names(0, 10)) await made.add(skipped(name));
    await made.flush();
    expect(batches).toEqual([names(0, 4), names(4, 8), names(8, 10)]);
    expect(made.backlog).toBe(0);
  });

  it('commits what found no company after a while', async () => {
    const { recorder: made, batches } = recorder();
    await made.add(skipped('alone'));
    await expect.poll(() => batches, { timeout: 2_000 }).toEqual([['alone']]);
  });

  it('writes what has waited long enough beside a slow commit as soon as that is over', async () => {
    const ends: number[] = [];
    const begins: number[] = [];
    const { recorder: made } = recorder(
      async () => {
        begins.push(performance.now());
        await new Promise((resolve) => setTimeout(resolve, 600));
        ends.push(performance.now());
        return DONE;
      },
      { maxWaitMs: 500 },
    );
    await made.add(skipped('first'));
    await expect.poll(() => begins, { timeout: 2_000 }).toHaveLength(1);
    await made.add(skipped('second'));
    await expect.poll(() => ends, { timeout: 5_000 }).toHaveLength(2);
    expect((begins[1] ?? Infinity) - (ends[0] ?? 0)).toBeLessThan(400);
  });

  it('gives what comes after a flush beside a commit its time to find company', async () => {
    const { recorder: made, batches } = recorder(
      () => new Promise((done) => setTimeout(() => done(DONE), 50)),
      {
        maxWaitMs: 400,
      },
    );
    for (const name of names(0, 4)) await made.add(skipped(name));
    await made.flush();
    await made.add(skipped('after'));
    await made.add(skipped('company'));
    await expect.poll(() => batches.at(-1), { timeout: 2_000 }).toEqual(['after', 'company']);
  });

  it('lets the fetching wait while 128 settlements do, and no longer', async () => {
    let answer: (outcome: CommitOutcome) => void = () => {};
    let commits = 0;
    const { recorder: made } = recorder(
      () => {
        commits += 1;
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
      { batchSize: 64 },
    );
    // The first 64 are with the database; 127 more wait.
    for (const name of names(0, 64 + 127)) await made.add(skipped(name));
    let through = false;
    const adding = made.add(skipped('one too many')).then(() => {
      through = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(through).toBe(false);
    answer(DONE);
    await adding;
    expect(made.backlog).toBe(128 - 64);
    expect(commits).toBe(2);
    made.close();
    answer(DONE);
  });

  it('counts links too: pages full of them make small batches and fill the room early', async () => {
    const links = { length: 2_500, targetKeys: '', text: '' };
    const full = (name: string): UrlSettlement => ({
      ...skipped(name),
      verdict: { kind: 'fetched', page: {} as never, links },
    });
    let answer: (outcome: CommitOutcome) => void = () => {};
    const { recorder: made, batches } = recorder(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
      { batchSize: 64 },
    );
    for (const name of names(0, 11)) await made.add(full(name));
    expect(batches).toEqual([names(0, 4)]);
    let through = false;
    const adding = made.add(full('u11')).then(() => {
      through = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(through).toBe(false);
    answer(DONE);
    await adding;
    await expect.poll(() => batches).toEqual([names(0, 4), names(4, 8)]);
    made.close();
    answer(DONE);
  });

  it('writes nothing more once a commit was refused, and says so once', async () => {
    const { recorder: made, batches, reports } = recorder(() => ({ kind: 'refused' }));
    for (const name of names(0, 9)) await made.add(skipped(name));
    await made.flush();
    await made.add(skipped('later'));
    await made.flush();
    expect(batches).toEqual([names(0, 4)]);
    expect(reports).toEqual(['refused']);
  });

  it('gives up when a batch cannot be written at all', async () => {
    const failure = new Error('disk full');
    const {
      recorder: made,
      batches,
      reports,
    } = recorder(() => {
      throw failure;
    });
    await made.add(skipped('u0'));
    await made.flush();
    expect(reports).toEqual([failure]);
    await made.add(skipped('u1'));
    expect(batches).toEqual([['u0']]);
  });

  it('leaves out exactly the record that the database refuses, and commits all others', async () => {
    const written: string[] = [];
    const hosts: string[] = [];
    const { recorder: made, reports } = recorder(
      (batch) => {
        if (batch.settlements.some(({ urlKey }) => urlKey === 'u5' || urlKey === 'u2')) throw dataError();
        written.push(...batch.settlements.map(({ urlKey }) => urlKey));
        hosts.push(...batch.scopeHosts.map(({ host }) => host));
        return DONE;
      },
      { batchSize: 8 },
    );
    for (const name of names(0, 8)) {
      await made.add(
        skipped(name),
        name === 'u1' ? { host: 'new.test', seedUrl: 'http://old.test/' } : undefined,
      );
    }
    await made.flush();
    const expected = names(0, 8).map((name) =>
      name === 'u5' || name === 'u2' ? `${name} without record` : name,
    );
    expect(written).toEqual(expected);
    expect(hosts).toEqual(['new.test']);
    expect(reports).toEqual([]);
  });

  it('gives up when even a bare record is refused', async () => {
    const {
      recorder: made,
      batches,
      reports,
    } = recorder(() => {
      throw dataError();
    });
    await made.add(skipped('u0'));
    await made.flush();
    expect(batches).toEqual([['u0'], ['u0 without record']]);
    expect(reports).toMatchObject([{ code: '22021' }]);
  });

  it('keeps the URLs found on a page whose record is refused, and drops them only if they are the trouble', async () => {
    const found = { urlKey: 'found' } as Discovery;
    const crawl = async (refuses: (settlement: Settlement) => boolean): Promise<Settlement[]> => {
      const written: Settlement[] = [];
      const { recorder: made } = recorder(
        ({ settlements }) => {
          if (settlements.some(refuses)) throw dataError();
          written.push(...settlements);
          return DONE;
        },
        { withoutRecord: unrecordable },
      );
      await made.add({ ...skipped('u0'), discoveries: [found] });
      await made.flush();
      return written;
    };
    const failed = {
      verdict: { kind: 'failed', failureCode: 'record_refused' },
      errors: [{ url: 'http://a.test/u0', host: 'a.test' }],
    };
    const badRecord = await crawl(({ verdict }) => verdict.kind === 'skipped');
    expect(badRecord).toMatchObject([{ ...failed, discoveries: [found] }]);
    const badDiscovery = await crawl(({ discoveries }) => discoveries.length > 0);
    expect(badDiscovery).toMatchObject([{ ...failed, discoveries: [] }]);
  });

  it('drops what waits when it is closed, lets everybody go, and reports that its last commit is refused', async () => {
    let answer: (outcome: CommitOutcome) => void = () => {};
    const {
      recorder: made,
      batches,
      reports,
    } = recorder(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
      { batchSize: 64 },
    );
    for (const name of names(0, 64 + 127)) await made.add(skipped(name));
    const adding = made.add(skipped('waits for room'));
    made.close();
    await adding;
    answer({ kind: 'refused' });
    await made.flush();
    expect(made.backlog).toBe(0);
    expect(batches).toHaveLength(1);
    await expect.poll(() => reports).toEqual(['refused']);
  });
});
