import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AddressPolicy, createAddressPolicy } from '../fetch/address-policy.js';
import {
  rendered,
  renderHtml,
  startTestBrowser,
  startTestSite,
  type TestBrowser,
  type TestSite,
} from '../testing/test-browser.js';

interface Case {
  readonly id: string;
  readonly input: {
    /** A page that does not let go. */
    readonly page?: string;
    readonly timeoutMs?: number;
    /** A page that tries to reach {private}, an address with a port that is not public. */
    readonly reach?: string;
    /** A page that stores something, the headers it comes with, and one that looks for it. */
    readonly first?: string;
    readonly headers?: readonly (readonly [string, string])[];
    readonly then?: string;
    readonly in?: 'another execution' | 'the same execution';
    /** What to look for among Chromium's processes. */
    readonly look?: string;
    /** A program that is no browser. */
    readonly chromium?: string;
  };
  readonly expected: {
    readonly code?: string;
    readonly notRendered?: boolean;
    readonly next?: string;
    readonly title?: string;
    /** Connections that the private address saw. */
    readonly visits?: number;
    readonly count?: number;
    readonly with?: readonly string[];
    readonly without?: readonly string[];
    readonly failures?: number;
  };
}

const FILE = new URL('../../../../fixtures/bad-inputs/browser-processes.json', import.meta.url);
const CASES = JSON.parse(readFileSync(FILE, 'utf8')) as readonly Case[];
const of = (field: keyof Case['input']): Case[] => CASES.filter(({ input }) => input[field] !== undefined);

/** One loopback address stands for the public network; every other one is refused as in production. */
const PUBLIC = '127.0.0.2';
const strict = createAddressPolicy({ allowPrivateNetworks: false });
const addressPolicy: AddressPolicy = {
  check: (address) => (address === PUBLIC ? { allowed: true } : strict.check(address)),
  checkUrl: (url) => (new URL(url).hostname === PUBLIC ? { allowed: true } : strict.checkUrl(url)),
};

let browser: TestBrowser;
let site: TestSite;
let visits = 0;
const trap = createServer((socket) => {
  visits += 1;
  socket.destroy();
});

beforeAll(async () => {
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
  browser = await startTestBrowser({ addressPolicy });
  site = await startTestSite(
    {
      '/hop': (_, response) => response.writeHead(302, { location: `http://${privateHost()}/hop` }).end(),
      '/worker.js': (_, response) => {
        response.writeHead(200, { 'content-type': 'text/javascript' });
        response.end(`fetch('http://${privateHost()}/worker').catch(() => {})`);
      },
    },
    PUBLIC,
  );
});
afterAll(async () => {
  await browser.close();
  await site.close();
  await new Promise((resolve) => trap.close(resolve));
});

const trapPort = (): string => {
  const address = trap.address();
  return address === null || typeof address === 'string' ? '' : String(address.port);
};
const privateHost = (): string => `127.0.0.1:${trapPort()}`;
const titleOf = async (...args: Parameters<typeof rendered>): Promise<string | undefined> =>
  (await rendered(...args)).content.head.titles.items[0]?.text;

describe(`what pages do to a browser (${CASES.length} cases)`, () => {
  it.each(of('page'))(
    '$id',
    async ({ input, expected }) => {
      const lane = browser.lane({ browser: { timeoutMs: input.timeoutMs ?? 2_000 } });
      const rendering = await renderHtml(lane, 'http://bad.test/', input.page ?? '');
      if (expected.code !== undefined) expect(rendering).toMatchObject({ code: expected.code });
      if (expected.notRendered === true) expect(rendering).toMatchObject({ kind: 'not_rendered' });
      const next = await renderHtml(lane, 'http://bad.test/next', '<title>next</title>');
      expect(next?.kind).toBe(expected.next);
    },
    60_000,
  );

  it.each(of('reach'))(
    '$id',
    async ({ input, expected }) => {
      const before = visits;
      const html = (input.reach ?? '')
        .replaceAll('{private}', privateHost())
        .replaceAll('{port}', trapPort());
      const lane = browser.lane({ browser: { blockResources: [], waitMs: 3_000 } });
      expect(await titleOf(lane, `${site.origin}/reach`, html)).toBe(expected.title);
      expect(visits - before).toBe(expected.visits);
    },
    30_000,
  );

  it.each(of('first'))('$id', async ({ input, expected }) => {
    const lane = browser.lane();
    await rendered(lane, 'https://state.test/', input.first ?? '', input.headers ?? []);
    const looking = input.in === 'the same execution' ? lane : browser.lane();
    expect(await titleOf(looking, 'https://state.test/', input.then ?? '')).toBe(expected.title);
  });

  it.each(of('look'))('$id', async ({ input, expected }) => {
    await rendered(browser.lane(), 'http://open.test/', '<title>open</title>');
    const all = processesOf(browser.service.pid() ?? 0);
    expect(all.length).toBeGreaterThan(1);
    if (expected.count !== undefined) expect(count(input.look, all)).toBe(expected.count);
    for (const flag of expected.with ?? [])
      expect(all.some(({ command }) => command.includes(flag))).toBe(true);
    for (const flag of expected.without ?? []) {
      expect(all.filter(({ command }) => command.includes(flag))).toEqual([]);
    }
  });

  it.each(of('chromium'))(
    '$id',
    async ({ input, expected }) => {
      const broken = await startTestBrowser({ chromiumPath: input.chromium ?? '' });
      const lane = broken.lane();
      let failures = 0;
      while (broken.service.trouble() === null && failures < 50) {
        const rendering = await renderHtml(lane, 'http://any.test/', '<title>x</title>');
        expect(rendering).toMatchObject({ kind: 'not_rendered', code: expected.code });
        failures += 1;
      }
      expect(broken.service.trouble()).toContain(`${expected.failures} times in a row`);
      await broken.close();
    },
    60_000,
  );
});

interface ChromiumProcess {
  readonly pid: string;
  readonly status: string;
  readonly command: string;
}

/** Every process of the group. One that ends meanwhile is passed over. */
function processesOf(group: number): ChromiumProcess[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) !== group) return [];
      const [status, command] = ['status', 'cmdline'].map((file) =>
        readFileSync(`/proc/${pid}/${file}`, 'utf8'),
      );
      return [{ pid, status: status ?? '', command: command ?? '' }];
    } catch {
      return [];
    }
  });
}

function count(what: string | undefined, all: readonly ChromiumProcess[]): number {
  switch (what) {
    case 'listening TCP sockets': {
      const listening = new Set(['tcp', 'tcp6'].flatMap(listeningSockets));
      return all.flatMap(({ pid }) => socketsOf(pid)).filter((socket) => listening.has(socket)).length;
    }
    case 'processes of user 0':
      return all.filter(({ status }) => /^Uid:\s+0\b/m.test(status)).length;
    case 'renderers without seccomp':
      // 2: a seccomp filter is in force (proc(5)).
      return all.filter(
        ({ command, status }) => command.includes('--type=renderer') && !/^Seccomp:\s+2$/m.test(status),
      ).length;
    default:
      throw new RangeError(`nothing counts "${what}"`);
  }
}

function listeningSockets(table: string): string[] {
  const lines = readFileSync(`/proc/net/${table}`, 'utf8').split('\n').slice(1);
  return lines.flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    return fields[3] === '0A' ? [`socket:[${fields[9]}]`] : [];
  });
}

function socketsOf(pid: string): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((fd) => {
    try {
      const target = readlinkSync(`${folder}/${fd}`);
      return target.startsWith('socket:') ? [target] : [];
    } catch {
      return [];
    }
  });
}
