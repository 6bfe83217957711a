import type { KeptRobots } from '@outrider/db';
import { type Oracle, startOracle } from '@outrider/oracle';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAddressPolicy } from '../fetch/address-policy.js';
import { createFetcher, type Fetcher } from '../fetch/fetcher.js';
import { ROBOTS_LIFE, RobotsGate, type RobotsStore } from './robots-gate.js';

let oracle: Oracle;
let fetcher: Fetcher;
/** What is kept, with the moment until which it is fresh. */
let stored: Map<string, KeptRobots & { freshUntil: number }>;
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
  async read(origin) {
    const kept = stored.get(origin);
    return kept === undefined ? null : { ...kept, freshForMs: kept.freshUntil - now };
  },
  async write(origin, robots) {
    const { answerSeconds, unreachableSeconds } = ROBOTS_LIFE;
    const freshForMs = (robots.outcome === 'unreachable' ? unreachableSeconds : answerSeconds) * 1_000;
    const kept = { robots, freshForMs, fetchedAt: new Date(now), bodyHash: null };
    stored.set(origin, { ...kept, freshUntil: now + freshForMs });
    return kept;
  },
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

  it('asks the site again an hour after it was read, by whichever process', async () => {
    const first = gateOver();
    await first.ask(ask());
    now += 3_000_000;
    const second = gateOver();
    expect(await second.ask(ask())).toMatchObject({ fetched: false });
    now += 599_000;
    expect(await first.ask(ask())).toMatchObject({ fetched: false });
    now += 2_000;
    expect(await second.ask(ask())).toMatchObject({ fetched: true });
    expect(reads()).toBe(2);
  });

  it('hears within half a minute what another process has read anew', async () => {
    const [first, second] = [gateOver(), gateOver()];
    await first.ask(ask());
    const before = (await second.ask(ask())).standing;
    now += 31_000;
    // The same reading is not parsed again.
    expect((await second.ask(ask())).standing).toBe(before);
    oracle.set('/robots.txt', { body: 'User-agent: *\nDisallow: /\n' });
    stored.clear();
    now += 31_000;
    await first.ask(ask());
    now += 31_000;
    const { standing, fetched } = await second.ask(ask());
    expect(fetched).toBe(false);
    expect(standing.kind === 'rules' && standing.file.decide('x', `${oracle.origin}/`).allowed).toBe(false);
  });

  it('keeps files apart by scheme and port (B13)', async () => {
    const gate = gateOver();
    await gate.ask(ask());
    const other = await gate.ask({ ...ask(), origin: oracle.origin.replace('http:', 'https:') });
    expect(other.standing.kind).toBe('unreachable');
    expect((await gate.ask(ask())).standing.kind).toBe('rules');
  });

  it('remembers files only up to a limit of their length', async () => {
    const kept = (origin: string): KeptRobots => ({
      robots: { outcome: 'rules', statusCode: 200, body: `# ${origin}${' '.repeat(500_000)}`, detail: null },
      freshForMs: 1_000_000,
      fetchedAt: new Date(now),
      bodyHash: null,
    });
    const gate = gateOver({ read: async (origin) => kept(origin) });
    for (let n = 0; n < 100; n += 1) await gate.ask({ ...ask(), origin: `https://site-${n}.test` });
    expect(gate.remembered).toBeGreaterThan(16 * 2 ** 20);
    expect(gate.remembered).toBeLessThanOrEqual(32 * 2 ** 20);
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
        return store().read(origin);
      },
    });
    const asked = await Promise.allSettled([gate.ask(ask()), gate.ask(ask()), gate.ask(ask())]);
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    away = false;
    expect(await gate.ask(ask())).toMatchObject({ standing: { kind: 'rules' } });
  });
});
