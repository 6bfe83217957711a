import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  rendered,
  startTestBrowser,
  startTestSite,
  type TestBrowser,
  type TestSite,
} from '../testing/test-browser.js';

interface BadPage {
  readonly id: string;
  readonly input: { readonly html: string };
  readonly expected: {
    readonly title: string;
    readonly settledBy?: string;
    readonly navigation?: string;
    /** What the site was asked for, besides the document. */
    readonly asked?: readonly string[];
    /** Files that the page brought to this machine. */
    readonly files?: number;
    readonly without?: string;
  };
}

const CASES = JSON.parse(
  readFileSync(new URL('../../../../fixtures/bad-inputs/browser.json', import.meta.url), 'utf8'),
) as readonly BadPage[];

let browser: TestBrowser;
let site: TestSite;

beforeAll(async () => {
  browser = await startTestBrowser();
  site = await startTestSite({
    '/endless': (_, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      const timer = setInterval(() => response.write(Buffer.alloc(65_536)), 5);
      response.on('close', () => clearInterval(timer));
    },
    '/attachment': (_, response) => {
      response.writeHead(200, { 'content-disposition': 'attachment; filename=virus.exe' });
      response.end(Buffer.alloc(65_536));
    },
  });
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

/** Files below Chromium's own folder, and in it, that look like a download. */
function downloads(): string[] {
  const pid = browser.service.pid();
  const folder = /--user-data-dir=([^\0]+)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.[1] ?? '';
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(exe|crdownload)$|endless|Downloads\/./.test(name),
  );
}

describe('a bad page', () => {
  it.each(CASES)('$id', async ({ id, input, expected }) => {
    site.asked.splice(0);
    // A secure origin, without which the browser does not even have what some pages ask for.
    const origin = id.startsWith('C06') ? 'https://secure.test' : site.origin;
    const lane = browser.lane({ browser: { waitMs: 1_000, timeoutMs: 8_000 } });
    const page = await rendered(lane, `${origin}/page`, input.html);
    expect(page.content.head.titles.items[0]?.text).toBe(expected.title);
    if (expected.settledBy !== undefined) expect(page.settledBy).toBe(expected.settledBy);
    if (expected.navigation !== undefined) expect(page.navigation?.type).toBe(expected.navigation);
    if (expected.asked !== undefined) expect(site.asked).toEqual(expected.asked);
    if (expected.files !== undefined) expect(downloads()).toHaveLength(expected.files);
    if (expected.without !== undefined) expect(JSON.stringify(page)).not.toContain(expected.without);
    const next = await rendered(lane, `${site.origin}/next`, '<title>next</title>');
    expect(next.content.head.titles.items[0]?.text, 'the next page renders').toBe('next');
  });
});

describe('C07: what one execution stores', () => {
  const STORE = `<title>x</title><script>
    setTimeout(() => {}, 500);
    document.cookie = 'probe=1; max-age=1000';
    localStorage.probe = '1';
    caches.open('probe');
    indexedDB.open('probe').onsuccess = () => { document.title = 'stored'; };
  </script>`;
  const PROBE = `<title>x</title><script>
    setTimeout(() => {}, 500);
    Promise.all([caches.keys(), indexedDB.databases()]).then(([cached, databases]) => {
      document.title = JSON.stringify([document.cookie, localStorage.probe ?? null, cached.length, databases.length]);
    });
  </script>`;
  const title = async (
    lane: ReturnType<TestBrowser['lane']>,
    html: string,
    headers: [string, string][] = [],
  ) => (await rendered(lane, 'https://state.test/', html, headers)).content.head.titles.items[0]?.text;

  it('is seen by its own pages, and by those of no other', async () => {
    const first = browser.lane();
    await expect(title(first, STORE, [['set-cookie', 'header=1; path=/']])).resolves.toBe('stored');
    const own = JSON.parse((await title(first, PROBE)) ?? '') as unknown[];
    expect(own.slice(1)).toEqual(['1', 1, 1]);
    expect(String(own[0]).split('; ').sort()).toEqual(['header=1', 'probe=1']);
    expect(JSON.parse((await title(browser.lane(), PROBE)) ?? '')).toEqual(['', null, 0, 0]);
  });
});

describe('the Chromium of a worker', () => {
  /** Every process of its group. */
  function processes(): { pid: string; status: string; command: string }[] {
    const main = browser.service.pid();
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && groupOf(name) === main)
      .map((pid) => ({
        pid,
        status: readFileSync(join('/proc', pid, 'status'), 'utf8'),
        command: readFileSync(join('/proc', pid, 'cmdline'), 'utf8'),
      }));
  }

  function groupOf(pid: string): number {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
    } catch {
      return 0;
    }
  }

  beforeAll(async () => {
    await rendered(browser.lane(), `${site.origin}/open`, '<title>open</title>');
  });

  it('C08: listens on no TCP port', () => {
    const listening = new Set<string>();
    for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
      for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
        const fields = line.trim().split(/\s+/);
        if (fields[3] === '0A') listening.add(`socket:[${fields[9]}]`);
      }
    }
    const own = processes().flatMap(({ pid }) => socketsOf(pid));
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((socket) => listening.has(socket))).toEqual([]);
    expect(processes().some(({ command }) => command.includes('--remote-debugging-pipe'))).toBe(true);
  });

  it('C09: runs in its sandbox, and not as root', () => {
    const all = processes();
    expect(all.some(({ command }) => command.includes('--no-sandbox'))).toBe(false);
    expect(all.every(({ status }) => !/^Uid:\s+0\b/m.test(status))).toBe(true);
    const renderers = all.filter(({ command }) => command.includes('--type=renderer'));
    expect(renderers.length).toBeGreaterThan(0);
    // 2: a seccomp filter is in force (proc(5)).
    expect(renderers.every(({ status }) => /^Seccomp:\s+2$/m.test(status))).toBe(true);
  });
});

function socketsOf(pid: string): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder)
    .map((fd) => {
      try {
        return readlinkSync(join(folder, fd));
      } catch {
        return '';
      }
    })
    .filter((target) => target.startsWith('socket:'));
}
