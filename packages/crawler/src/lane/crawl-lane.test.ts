import { setTimeout as sleep } from 'node:timers/promises';
import type { ClaimOutcome, Settlement } from '@outrider/db';
import { campaignConfig } from '@outrider/shared';
import { createLogger } from '@outrider/telemetry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plainRenderer } from '../browser/page-renderer.js';
import { createAddressPolicy } from '../fetch/address-policy.js';
import { FetchFault } from '../fetch/fetch-failures.js';
import { failureOutcome } from '../fetch/fetch-outcome.js';
import { createFetcher, type Fetcher } from '../fetch/fetcher.js';
import { createInlineReading } from '../reading/inline-reading.js';
import { RobotsGate } from '../robots/robots-gate.js';
import { crawlLane, type LaneEnd } from './crawl-lane.js';
import type { LaneEffects } from './lane-effects.js';

let fetcher: Fetcher;

beforeEach(() => {
  fetcher = createFetcher({ addressPolicy: createAddressPolicy({ allowPrivateNetworks: false }) });
});
afterEach(() => fetcher.close());

const EMPTY: ClaimOutcome = {
  kind: 'held',
  lastBatch: 0,
  executionStatus: 'running',
  scopeVersion: 1,
  targets: [],
  grants: [],
  lastHost: '',
  shouldYield: false,
  waitingReason: 'frontier_empty',
};

/** A lane over a database that behaves as told, and is otherwise empty and well. */
function laneOver({
  readRobots = async () => null,
  fetch = (request) => fetcher.fetch(request),
  obeyRobots = true,
  ...effects
}: Partial<LaneEffects> & {
  readRobots?: () => Promise<null>;
  fetch?: Fetcher['fetch'];
  obeyRobots?: boolean;
}) {
  const drain = new AbortController();
  const abort = new AbortController();
  const end: Promise<LaneEnd> = crawlLane({
    config: campaignConfig.parse({ politeness: { obeyRobots } }),
    effects: {
      claim: async () => EMPTY,
      commit: async () => ({
        kind: 'committed',
        settled: 0,
        discovered: 0,
        forgotten: false,
        lastBatch: 0,
      }),
      renew: async () => 'running',
      obey: async () => ({ desired: 'run', cutInMs: null, isHeld: true }),
      release: async () => true,
      readScope: async () => ({
        hosts: [],
        version: 1,
        seedFolders: [],
        seedOrigins: [],
        closedPatterns: [],
        newRules: null,
      }),
      readCarried: async () => new Map(),
      backOff: async () => ({ cause: 'back_off', level: 1, forMs: 0 }),
      delay: async () => {},
      noteRobots: async () => {},
      recordSample: async () => {},
      standby: async () => ({ forMs: 0, ahead: 0 }),
      isFinished: async () => false,
      sitemaps: {
        add: async () => true,
        lease: async () => null,
        takePlace: async () => 0,
        readPinned: async () => null,
        commitUrls: async () => true,
        settle: async () => true,
      },
      ...effects,
    },
    fetcher: { fetch, close: async () => {} },
    renderer: plainRenderer,
    reading: createInlineReading(campaignConfig.parse({})),
    onRead: () => {},
    robots: new RobotsGate(fetcher, {
      read: readRobots,
      write: () => Promise.reject(new Error('nothing is written')),
    }),
    logger: createLogger({ name: 'lane', level: 'silent' }),
    leaseMs: 300,
    idleCores: () => 0,
    crashAt: () => {},
    drain: drain.signal,
    abort,
    onSettled: () => {},
    onFetched: () => {},
    onStaleWrite: () => {},
  });
  return { end, drain, abort };
}

describe('a lane', () => {
  it('whose claim throws is lost, and aborts what it has in flight', async () => {
    const { end, abort } = laneOver({ claim: () => Promise.reject(new Error('a defect')) });
    expect(await end).toBe('lost');
    expect(abort.signal.aborted).toBe(true);
  });

  it('whose scope cannot be read is lost', async () => {
    const { end } = laneOver({ readScope: () => Promise.reject(new Error('a defect')) });
    expect(await end).toBe('lost');
  });

  it('whose claim is refused is over when the orchestrator ended it, and lost when another has it', async () => {
    const claim = async (): Promise<ClaimOutcome> => ({ kind: 'lost' });
    expect(await laneOver({ claim, isFinished: async () => true }).end).toBe('execution_over');
    expect(await laneOver({ claim }).end).toBe('lost');
  });

  it('that stands by claims nothing, and hears all the same that its execution stops', async () => {
    const wanted: number[] = [];
    const states = ['running', 'running', 'stopping'] as const;
    const claim: LaneEffects['claim'] = async (request) => {
      wanted.push(request.wanted);
      return { ...EMPTY, executionStatus: states[wanted.length - 1] ?? 'stopping' };
    };
    const readScope = () => Promise.reject(new Error('a lane that stands by needs no scope'));
    expect(await laneOver({ claim, readScope, standby: async () => ({ forMs: 60_000, ahead: 1 }) }).end).toBe(
      'execution_over',
    );
    expect(wanted).toEqual([0, 0, 0]);
  });

  it.each(['stopping', 'paused', 'completed'] as const)('is over when its execution is %s', async (state) => {
    expect(await laneOver({ renew: async () => state }).end).toBe('execution_over');
    const claim = async (): Promise<ClaimOutcome> => ({ ...EMPTY, executionStatus: state });
    expect(await laneOver({ claim }).end).toBe('execution_over');
  });

  it('is lost when its lease cannot be renewed', async () => {
    const { end } = laneOver({ renew: () => Promise.reject(new Error('the database is away')) });
    expect(await end).toBe('lost');
  });

  it('that is cut off from the database begins no fetch once its lease is over, whatever it holds', async () => {
    const timings = { dnsMs: null, connectMs: null, tlsMs: null, ttfbMs: null, downloadMs: null, totalMs: 0 };
    const aborted = { timings, remoteAddress: null, status: null };
    const begun: number[] = [];
    const grant = {
      ...{ host: 'a.test', permits: 4, claims: 1_000, startInMs: 0, delayMs: 0, isShared: false },
      ...{ refusal: null, isSlower: false, isDead: false },
    };
    // More than a lease's worth: some of it is still in hand when the lease ends.
    const targets = Array.from({ length: 1_000 }, (_, n) => ({
      ...{ url: `http://a.test/${n}`, urlKey: `key ${n}`, host: 'a.test', depth: 0, attempt: 1 },
      ...{ isSeed: false, redirectHops: [], startInMs: 0 },
    }));
    let claims = 0;
    let renewedAt = 0;
    const { end, abort } = laneOver({
      obeyRobots: false,
      claim: () => {
        claims += 1;
        return claims > 1 ? new Promise(() => {}) : Promise.resolve({ ...EMPTY, targets, grants: [grant] });
      },
      commit: () => new Promise(() => {}),
      renew: async () => {
        if (claims > 0) return new Promise(() => {});
        renewedAt = performance.now();
        return 'running';
      },
      fetch: async () => {
        begun.push(performance.now());
        await sleep(10);
        return failureOutcome(new FetchFault('aborted'), aborted);
      },
    });
    renewedAt = Math.max(renewedAt, performance.now());
    expect(await end).toBe('lost');
    const lostAt = performance.now();
    expect(lostAt - renewedAt).toBeLessThan(2_000);
    expect(abort.signal.aborted).toBe(true);
    expect(begun.length).toBeGreaterThan(4);
    expect(begun.length).toBeLessThan(targets.length);
    expect(Math.max(...begun) - renewedAt).toBeLessThan(300);
    await sleep(300);
    expect(Math.max(...begun)).toBeLessThan(lostAt);
  });

  it('that is asked to drain before it began claims nothing', async () => {
    let claims = 0;
    const { end, drain } = laneOver({
      claim: async () => {
        claims += 1;
        return EMPTY;
      },
    });
    drain.abort();
    expect(await end).toBe('drained');
    expect(claims).toBeLessThanOrEqual(1);
  });

  it('begins the next fetch of a paced host a whole delay after a request that went out late', async () => {
    const timings = { dnsMs: null, connectMs: null, tlsMs: null, ttfbMs: null, downloadMs: null, totalMs: 0 };
    const begun: number[] = [];
    const sent: number[] = [];
    const targets = [0, 300].map((startInMs) => ({
      ...{
        url: `http://a.test/${startInMs}`,
        urlKey: `key ${startInMs}`,
        host: 'a.test',
        depth: 0,
        attempt: 1,
      },
      ...{ isSeed: true, redirectHops: [], startInMs },
    }));
    const grant = {
      ...{ host: 'a.test', permits: 2, claims: 2, startInMs: 0, delayMs: 300, isShared: false },
      ...{ refusal: null, isSlower: false, isDead: false },
    };
    let claims = 0;
    const { end, drain } = laneOver({
      obeyRobots: false,
      claim: async () => {
        claims += 1;
        return claims > 1 ? EMPTY : { ...EMPTY, targets, grants: [grant] };
      },
      fetch: async ({ onSent }) => {
        begun.push(performance.now());
        await sleep(200);
        onSent?.();
        sent.push(performance.now());
        return failureOutcome(new FetchFault('headers_timeout'), {
          timings,
          remoteAddress: null,
          status: null,
        });
      },
    });
    await expect.poll(() => sent.length, { timeout: 10_000 }).toBe(2);
    drain.abort();
    expect(await end).toBe('drained');
    expect((begun[1] ?? 0) - (sent[0] ?? 0)).toBeGreaterThan(290);
  });

  it.each(['57014', '55P03'])('gives a URL back that met the time-out %s of the database', async (code) => {
    const committed: Settlement[] = [];
    const target = {
      ...{ url: 'http://a.test/', urlKey: 'key', host: 'a.test', depth: 0, attempt: 1 },
      ...{ isSeed: true, redirectHops: [], startInMs: 0 },
    };
    const grant = {
      ...{ host: 'a.test', permits: 1, claims: 1, startInMs: 0, delayMs: 0, isShared: false },
      ...{ refusal: null, isSlower: false, isDead: false },
    };
    let claims = 0;
    const { end, drain } = laneOver({
      claim: async () => {
        claims += 1;
        return claims > 1 ? EMPTY : { ...EMPTY, targets: [target], grants: [grant] };
      },
      commit: async ({ settlements }) => {
        committed.push(...settlements);
        return {
          kind: 'committed',
          settled: settlements.length,
          discovered: 0,
          forgotten: false,
          lastBatch: 0,
        };
      },
      readRobots: () => Promise.reject(Object.assign(new Error('canceling statement'), { code })),
    });
    await expect.poll(() => committed.length, { timeout: 10_000 }).toBe(1);
    drain.abort();
    expect(await end).toBe('drained');
    expect(committed).toMatchObject([
      { urlKey: 'key', verdict: { kind: 'retry', countAttempt: false }, errors: [] },
    ]);
  });

  it('tells why it waits with each beat, and rests between claims that bring nothing', async () => {
    const reasons: (string | null)[] = [];
    let claims = 0;
    const { end, drain } = laneOver({
      claim: async () => {
        claims += 1;
        return EMPTY;
      },
      renew: async ({ waitingReason }) => {
        reasons.push(waitingReason);
        return 'running';
      },
    });
    await expect.poll(() => reasons.length, { timeout: 10_000 }).toBeGreaterThan(8);
    drain.abort();
    expect(await end).toBe('drained');
    expect(new Set(reasons)).toEqual(new Set(['frontier_empty']));
    expect(claims).toBeLessThan(15);
  });
});
