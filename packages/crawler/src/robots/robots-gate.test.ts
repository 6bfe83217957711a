import type { StoredRobots } from '@outrider/db';
import { type Oracle, startOracle } from '@outrider/oracle';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAddressPolicy } from '../fetch/address-policy.js';
import { createFetcher, type Fetcher } from '../fetch/fetcher.js';
import { RobotsGate, type RobotsStore } from './robots-gate.js';

let oracle: Oracle;
let fetcher: Fetcher;
let stored: Map<string, { robots: StoredRobots; ttlSeconds: number }>;
let now: number;

beforeEach(async () => {
  oracle = await startOracle({
    seed: 1,
    pages: 1,
    linksPerPage: 1,
    plant: { robotsTxt: 'User-agent: *\nDisallow: /no\n' },
  });
  fetcher = createFetcher({ addressPolicy: createAddressPolicy({ allowPrivateNetworks: true }) });
  stored = new Map();
  now = 1_000_000;
});
afterEach(async () => {
  await fetcher.close();
  await oracle.close();
});

const store = (): RobotsStore => ({
  read: async (origin) => stored.get(origin)?.robots ?? null,
  write: async (origin, robots, ttlSeconds) => void stored.set(origin, { robots, ttlSeconds }),
});

const gateOver = (changes: Partial<RobotsStore> = {}): RobotsGate =>
  new RobotsGate(fetcher, { ...store(), ...changes }, () => now);

function ask(signal: AbortSignal = new AbortController().signal) {
  return { origin: oracle.origin, userAgent: 'OutriderBot/1.0', timeoutMs: 5_000, signal };
}

const reads = (): number => oracle.fetches().filter(({ path }) => path === '/robots.txt').length;

describe('the robots gate', () => {
  it('reads the file once for all who ask at the same time, and tells who did', async () => {
    const gate = gateOver();
    const answers = await Promise.all(Array.from({ length: 10 }, () => gate.ask(ask())));
    expect(reads()).toBe(1);
    expect(answers.filter(({ fetched }) => fetched)).toHaveLength(1);
    expect(new Set(answers.map(({ standing }) => standing.kind))).toEqual(new Set(['rules']));
  });

  it('asks nobody for an hour, and then again', async () => {
    const gate = gateOver();
    await gate.ask(ask());
    now += 3_599_000;
    expect(await gate.ask(ask())).toMatchObject({ fetched: false });
    stored.clear();
    now += 2_000;
    expect(await gate.ask(ask())).toMatchObject({ fetched: true });
    expect(reads()).toBe(2);
  });

  it('takes what another process has read', async () => {
    await gateOver().ask(ask());
    const { standing, fetched } = await gateOver().ask(ask());
    expect(fetched).toBe(false);
    expect(
      standing.kind === 'rules' && standing.file.decide('OutriderBot', `${oracle.origin}/no`).allowed,
    ).toBe(false);
    expect(reads()).toBe(1);
  });

  it('asks again half a minute after it could not be read, whatever another process stored', async () => {
    oracle.set('/robots.txt', { status: 503 });
    const gate = gateOver();
    expect((await gate.ask(ask())).standing).toEqual({ kind: 'unreachable', detail: 'it answered 503' });
    expect(stored.get(oracle.origin)?.ttlSeconds).toBe(30);
    now += 29_000;
    expect(await gate.ask(ask())).toMatchObject({ fetched: false });
    now += 2_000;
    oracle.set('/robots.txt', { status: 404 });
    expect((await gate.ask(ask())).standing).toEqual({ kind: 'allow_all' });
  });

  it('asks again at once when told to forget', async () => {
    const gate = gateOver();
    await gate.ask(ask());
    stored.clear();
    gate.forget(oracle.origin);
    expect(await gate.ask(ask())).toMatchObject({ fetched: true });
  });

  it("another lane's abort says nothing about the site: who waited asks for itself", async () => {
    oracle.set('/robots.txt', 'hang');
    const gate = gateOver();
    const first = new AbortController();
    const aborted = gate.ask(ask(first.signal));
    const waiting = gate.ask(ask());
    await expect.poll(reads, { timeout: 5_000 }).toBe(1);
    oracle.set('/robots.txt', { body: 'User-agent: *\nDisallow: /no\n' });
    first.abort(new Error('the lane is lost'));
    await expect(aborted).rejects.toThrow();
    expect(await waiting).toMatchObject({ standing: { kind: 'rules' }, fetched: true });
    expect(stored.get(oracle.origin)?.robots.outcome).toBe('rules');
  });

  it('rejects when the store is away, for each who asks, and works again when it is back', async () => {
    let away = true;
    const gate = gateOver({
      read: async (origin) => {
        if (away) throw new Error('the database is away');
        return stored.get(origin)?.robots ?? null;
      },
    });
    const asked = await Promise.allSettled([gate.ask(ask()), gate.ask(ask()), gate.ask(ask())]);
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    away = false;
    expect(await gate.ask(ask())).toMatchObject({ standing: { kind: 'rules' } });
  });
});
