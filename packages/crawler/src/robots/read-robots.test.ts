import { gzipSync } from 'node:zlib';
import { type Oracle, type RouteHandler, startOracle } from '@outrider/oracle';
import { parseRobots } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAddressPolicy } from '../fetch/address-policy.js';
import { createFetcher, type Fetcher } from '../fetch/fetcher.js';
import { readRobotsOverHttp } from './read-robots.js';

let oracle: Oracle;
let fetcher: Fetcher;

beforeEach(async () => {
  oracle = await startOracle({ seed: 1, pages: 1, linksPerPage: 1, hosts: 2 });
  fetcher = createFetcher({ addressPolicy: createAddressPolicy({ allowPrivateNetworks: true }) });
});
afterEach(async () => {
  await fetcher.close();
  await oracle.close();
});

function read(signal: AbortSignal = new AbortController().signal) {
  return readRobotsOverHttp(fetcher, {
    origin: oracle.origin,
    userAgent: 'OutriderBot/1.0',
    timeoutMs: 1_000,
    signal,
  });
}

/** The outcome, and whether `/no` may be fetched. */
async function standing(handler: RouteHandler): Promise<string> {
  oracle.set('/robots.txt', handler);
  const { outcome, body } = await read();
  if (outcome !== 'rules') return outcome;
  const { allowed } = parseRobots(body ?? '').decide('OutriderBot', `${oracle.origin}/no`);
  return allowed ? 'rules: allowed' : 'rules: disallowed';
}

const RULES = 'User-agent: *\nDisallow: /no\n';

describe('robots.txt over HTTP', () => {
  it.each([400, 401, 403, 404, 410, 429])('that answers %i allows everything', async (status) => {
    expect(await standing({ status, body: RULES })).toBe('allow_all');
  });

  it.each([500, 502, 503, 599])('that answers %i is unreachable', async (status) => {
    expect(await standing({ status, body: RULES })).toBe('unreachable');
  });

  it('that is reset or never answers is unreachable', async () => {
    expect(await standing('reset')).toBe('unreachable');
    expect(await standing('hang')).toBe('unreachable');
  });

  it('rejects when the lane is aborted: then nothing is known', async () => {
    oracle.set('/robots.txt', 'hang');
    const lane = new AbortController();
    const reading = read(lane.signal);
    await expect.poll(() => oracle.fetches().length, { timeout: 5_000 }).toBe(1);
    lane.abort();
    await expect(reading).rejects.toThrow();
  });

  it.each([
    ['with a byte order mark', Buffer.from(`\ufeff${RULES}`)],
    ['with carriage returns only', Buffer.from(RULES.replaceAll('\n', '\r'))],
    ['with NULs', Buffer.from(RULES.replace('/no', '/\0no'))],
    ['in UTF-16 little endian', Buffer.from(`\ufeff${RULES}`, 'utf16le')],
    ['in UTF-16 big endian', Buffer.from(`\ufeff${RULES}`, 'utf16le').swap16()],
    ['after bytes that are no UTF-8', Buffer.concat([Buffer.from([0xff, 0x0a]), Buffer.from(RULES)])],
  ])('%s is read', async (_, body) => {
    expect(await standing({ body })).toBe('rules: disallowed');
  });

  it('that is a web page holds no rules', async () => {
    expect(await standing({ body: `<html><pre>${RULES}` })).toBe('rules: allowed');
  });

  it('of 600 KiB is used for its first 512 KiB, without the rule that was cut', async () => {
    const filler = `# ${'x'.repeat(97)}\n`;
    const early = RULES + filler.repeat(5_150);
    expect(early.length).toBeGreaterThan(500 * 1_024);
    expect(early.length).toBeLessThan(512 * 1_024);
    const cut = `Disallow: /${'a'.repeat(20_000)}`;
    oracle.set('/robots.txt', {
      body: `${early}Disallow: /kept\n${cut}\n${filler.repeat(900)}Disallow: /late\n`,
    });
    const { outcome, body } = await read();
    const file = parseRobots(body ?? '');
    const allows = (path: string) => file.decide('OutriderBot', oracle.origin + path).allowed;
    expect(outcome).toBe('rules');
    expect([allows('/no'), allows('/kept'), allows('/late'), allows(`/${'a'.repeat(20_000)}`)]).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(body?.length).toBeLessThanOrEqual(512 * 1_024);
  });

  it('that never ends is read no further than that', async () => {
    let sent = 0;
    const verdict = await standing(async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': String(5 * 2 ** 30) });
      response.write(RULES);
      const line = Buffer.from(`# ${'x'.repeat(1_000)}\n`.repeat(60));
      while (!response.destroyed && sent < 50 * 2 ** 20) {
        sent += line.length;
        if (!response.write(line))
          await new Promise((resolve) => {
            response.once('drain', resolve);
            response.once('close', resolve);
          });
      }
      response.destroy();
    });
    expect(verdict).toBe('rules: disallowed');
    expect(sent).toBeLessThan(20 * 2 ** 20);
  });

  it('that expands without end is used for its first 512 KiB too', async () => {
    const body = gzipSync(Buffer.concat([Buffer.from(RULES), Buffer.alloc(40 * 2 ** 20, '#\n')]));
    expect(await standing({ body, headers: { 'content-encoding': 'gzip' } })).toBe('rules: disallowed');
  });

  it('is followed through five redirects, and not through a sixth', async () => {
    for (let hop = 1; hop <= 6; hop += 1) {
      oracle.set(`/hop/${hop}`, { status: 302, headers: { location: `/hop/${hop + 1}` } });
    }
    oracle.set('/robots.txt', { status: 301, headers: { location: '/hop/2' } });
    oracle.set('/hop/6', { body: RULES });
    expect(await read()).toMatchObject({ outcome: 'rules' });
    expect(await standing({ status: 301, headers: { location: '/hop/1' } })).toBe('allow_all');
  });

  it('holds for its host also when it comes from another by redirect', async () => {
    const [, other] = oracle.origins;
    oracle.set('/elsewhere.txt', { body: RULES });
    expect(await standing({ status: 302, headers: { location: `${other}/elsewhere.txt` } })).toBe(
      'rules: disallowed',
    );
  });

  it.each([undefined, '', 'ftp://a.test/robots.txt'])(
    'that redirects to %j allows everything',
    async (location) => {
      expect(await standing({ status: 302, headers: location === undefined ? {} : { location } })).toBe(
        'allow_all',
      );
    },
  );
});
