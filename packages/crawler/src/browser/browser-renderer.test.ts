import { MAX_SCREENSHOT_BYTES } from '@outrider/db';
import { campaignConfig } from '@outrider/shared';
import { createLogger } from '@outrider/telemetry';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  rendered,
  renderHtml,
  startTestBrowser,
  startTestSite,
  type TestBrowser,
  type TestSite,
} from '../testing/test-browser.js';
import { BrowserHost } from './browser-host.js';
import { createBrowserRenderer } from './browser-renderer.js';

let browser: TestBrowser;
const sites: TestSite[] = [];

beforeAll(async () => {
  browser = await startTestBrowser();
});
afterEach(async () => {
  for (const site of sites.splice(0)) await site.close();
});
afterAll(() => browser.close());

async function siteOf(answers: Parameters<typeof startTestSite>[0]): Promise<TestSite> {
  const site = await startTestSite(answers);
  sites.push(site);
  return site;
}

const titleOf = (page: Awaited<ReturnType<typeof rendered>>) => page.content.head.titles.items[0]?.text;

describe('a rendered page', () => {
  it('is what its scripts make of it, and its document is not fetched again', async () => {
    const site = await siteOf({ '/late.js': "document.title = 'after';" });
    const page = await rendered(
      browser.lane(),
      `${site.origin}/page`,
      "<title>before</title><p>x</p><script src=/late.js></script><script>document.body.append(Object.assign(document.createElement('a'),{href:'/new'}))</script>",
    );
    expect(titleOf(page)).toBe('after');
    expect(page.content.links.map(({ targetUrl }) => targetUrl)).toContain(`${site.origin}/new`);
    expect(page).toMatchObject({
      settledBy: 'idle',
      requests: 1,
      cut: false,
      screenshot: null,
      screenshotFailure: null,
    });
    expect(site.asked).toEqual(['/late.js']);
  });

  it('is waited for while a request or a timer is under way', async () => {
    const site = await siteOf({
      '/slow.json': (_, response) => setTimeout(() => response.end('{"title":"fetched"}'), 300),
    });
    const page = await rendered(
      browser.lane(),
      `${site.origin}/spa`,
      `<title>empty</title><script>
        setTimeout(async () => {
          const data = await (await fetch('/slow.json')).json();
          setTimeout(() => { document.title = data.title; }, 200);
        }, 200);
      </script>`,
    );
    expect(titleOf(page)).toBe('fetched');
    expect(page.settledBy).toBe('idle');
    expect(page.renderMs).toBeGreaterThan(650);
  });

  it('sees frames drawn and what is in view, in every page at once', async () => {
    const lane = browser.lane();
    const html = `<title>no</title><p id=p>x</p><script>
      let frames = 0;
      new IntersectionObserver(() => { document.title = 'seen ' + document.visibilityState; }).observe(document.getElementById('p'));
      const tick = () => { if (++frames < 5) requestAnimationFrame(tick); else document.body.dataset.frames = frames; };
      requestAnimationFrame(tick);
      setTimeout(() => {}, 400);
    </script>`;
    const urls = ['/a', '/b', '/c'].map((path) => `http://frames.test${path}`);
    const pages = await Promise.all(urls.map((url) => rendered(lane, url, html)));
    expect(pages.map(titleOf)).toEqual(['seen visible', 'seen visible', 'seen visible']);
  });

  it('sees a window of full size, however small it is drawn', async () => {
    const site = await siteOf({});
    const html = `<title>x</title><style>body, p { margin: 0 } img { position: absolute } p { height: 3px; width: 50% }
        @media (width: 1280px) and (height: 1024px) and (resolution: 1dppx) { p { height: 7px } }</style>
      <p id=p></p><div style="height: 517px"></div><div id=half style="height: 1000px"></div><div style="height: 20000px"></div>
      <img loading=lazy src=/near.png><script>
      document.body.prepend(Object.assign(document.createElement('img'), { loading: 'lazy', src: '/first.png', width: 1, height: 1 }));
      new IntersectionObserver(([entry]) => {
        const { width, height } = document.getElementById('p').getBoundingClientRect();
        document.title = JSON.stringify({ inner: [innerWidth, innerHeight], ratio: devicePixelRatio, zoom: visualViewport.scale,
          view: [visualViewport.width, visualViewport.height], screen: [screen.width, screen.height], p: [width, height],
          seen: Math.round(entry.intersectionRatio * 100), at: document.elementFromPoint(639, 4)?.tagName });
      }).observe(document.getElementById('half'));
      setTimeout(() => {}, 400);
    </script>`;
    const page = await rendered(
      browser.lane({ browser: { blockResources: [] } }),
      `${site.origin}/window`,
      html,
    );
    expect(JSON.parse(titleOf(page) ?? '')).toEqual({
      inner: [1_280, 1_024],
      ratio: 1,
      zoom: 1,
      view: [1_280, 1_024],
      screen: [1_280, 1_024],
      p: [640, 7],
      seen: 50,
      at: 'P',
    });
    // An image far below is not asked for before somebody scrolls there.
    expect(site.asked).toEqual(['/first.png']);
  });

  it.each([
    [
      'clears every timer there is',
      `setTimeout(() => {
        for (let id = setTimeout(() => {}); id > 0; id--) clearTimeout(id);
        document.title = 'done';
      }, 400);`,
    ],
    ['works when it is idle', `requestIdleCallback(() => { document.title = 'done'; });`],
    [
      'has every task wait for an hour',
      `Object.prototype.delay = 3_600_000; setTimeout(() => { document.title = 'done'; }, 400);`,
    ],
  ])('that %s is read when that is done', async (_, script) => {
    const lane = browser.lane({ browser: { waitMs: 5_000 } });
    const page = await rendered(lane, 'http://odd.test/', `<title>x</title><script>${script}</script>`);
    expect(titleOf(page)).toBe('done');
    expect(page.settledBy).toBe('idle');
    expect(page.renderMs).toBeLessThan(3_000);
  });

  it('that puts a blank one in its own place is that one', async () => {
    const page = await rendered(
      browser.lane(),
      'http://hiding.test/',
      `<title>x</title><script>setTimeout(() => { location = 'about:blank'; }, 400)</script>`,
    );
    expect(titleOf(page)).toBeUndefined();
    expect(page.settledBy).toBe('idle');
  });

  it('that only moves about within itself is at rest', async () => {
    const page = await rendered(
      browser.lane({ browser: { waitMs: 5_000 } }),
      'http://routes.test/',
      `<title>x</title><a id=a href="javascript:void 0">a</a><script>
        location.hash = '#/home';
        document.getElementById('a').click();
        setInterval(() => { location.hash = '#' + Math.random(); }, 400);
      </script>`,
    );
    expect(page.settledBy).toBe('idle');
    expect(page.renderMs).toBeLessThan(3_000);
    expect(page.navigation).toBeNull();
  });

  it('that never comes to rest is taken as it is when the wait is over', async () => {
    const lane = browser.lane({ browser: { waitMs: 300 } });
    const page = await rendered(
      lane,
      'http://restless.test/',
      '<title>x</title><script>const again = () => setTimeout(again, 50); again()</script>',
    );
    expect(page.settledBy).toBe('wait_limit');
    expect(page.renderMs).toBeLessThan(2_000);
  });

  it('that never finishes loading is taken as it is at its deadline', async () => {
    const site = await siteOf({ '/hang.js': () => {} });
    const lane = browser.lane({ browser: { timeoutMs: 1_000 } });
    const page = await rendered(
      lane,
      `${site.origin}/`,
      '<title>x</title><script async src=/hang.js></script>',
    );
    expect(page.settledBy).toBe('deadline');
    expect(titleOf(page)).toBe('x');
  });

  it('says what went wrong on it: errors of its scripts, and requests that failed', async () => {
    const site = await siteOf({});
    const page = await rendered(
      browser.lane(),
      `${site.origin}/`,
      '<script src=/missing.js></script><script>console.error("bad", 7); missingFunction()</script><script src="http://127.0.0.1:1/refused.js"></script>',
    );
    expect(page.consoleErrors).toMatchObject({
      count: 2,
      items: ['bad 7', expect.stringMatching(/^ReferenceError: missingFunction is not defined/)],
    });
    expect(page.failedRequests.count).toBe(2);
    expect(page.failedRequests.items).toEqual(
      expect.arrayContaining([
        { url: `${site.origin}/missing.js`, type: 'Script', reason: 'http_404' },
        { url: 'http://127.0.0.1:1/refused.js', type: 'Script', reason: 'net::ERR_UNSAFE_PORT' },
      ]),
    );
  });

  it('loads no images, fonts or media unless it is asked to', async () => {
    const site = await siteOf({ '/i.png': 'x', '/style.css': 'x' });
    const html = '<img src=/i.png><link rel=stylesheet href=/style.css>';
    const plain = await rendered(browser.lane(), `${site.origin}/`, html);
    expect([plain.requests, plain.blockedRequests]).toEqual([2, 1]);
    expect(site.asked).toEqual(['/style.css']);
    await rendered(browser.lane({ browser: { blockResources: [] } }), `${site.origin}/`, html);
    expect(site.asked).toContain('/i.png');
  });

  it.each([
    ['a script', '<script>location = "/next"</script>', 'javascript'],
    ['a script that replaces', '<script>location.replace("/next")</script>', 'javascript'],
    [
      'a script that clicks',
      '<a id=a href=/next>x</a><script>document.getElementById("a").click()</script>',
      'javascript',
    ],
    ['a meta refresh', '<meta http-equiv=refresh content="0; url=/next">', 'meta_refresh'],
  ])('that goes elsewhere by %s says where, and the other page is not fetched', async (_, html, type) => {
    const site = await siteOf({ '/next': 'next' });
    const page = await rendered(browser.lane(), `${site.origin}/from`, `<title>from</title>${html}`);
    expect(page.navigation).toEqual({ url: `${site.origin}/next`, type });
    expect(titleOf(page)).toBe('from');
    expect(site.asked).toEqual([]);
  });

  it('can be pictured, also beside others', async () => {
    const lane = browser.lane({ browser: { screenshot: true } });
    const pages = await Promise.all(
      ['/a', '/b'].map((path) => rendered(lane, `http://picture.test${path}`, '<h1>picture</h1>')),
    );
    for (const { screenshot, screenshotFailure } of pages) {
      expect(screenshot).toMatchObject({ format: 'webp', width: 1_280, height: 1_024 });
      expect(screenshotFailure).toBeNull();
      expect(screenshot?.bytes.subarray(8, 12).toString()).toBe('WEBP');
    }
  });

  it.each([
    [800, null],
    [1_024, 'screenshot_too_large'],
  ])('of noise, which is hard to compress, %i pixels high, keeps to the limit', async (height, failure) => {
    const lane = browser.lane({ browser: { screenshot: true } });
    const page = await rendered(
      lane,
      'http://noise.test/',
      `<title>noise</title><style>body{margin:0}</style><canvas id=c width=1280 height=${height}></canvas><script>
        const context = document.getElementById('c').getContext('2d');
        const image = context.createImageData(1280, ${height});
        for (let at = 0; at < image.data.length; at++) image.data[at] = at % 4 === 3 ? 255 : Math.random() * 256;
        context.putImageData(image, 0, 0);
      </script>`,
    );
    expect(titleOf(page)).toBe('noise');
    expect(page.screenshotFailure?.code ?? null).toBe(failure);
    const size = page.screenshot?.bytes.length ?? 0;
    expect(size).toBeLessThanOrEqual(MAX_SCREENSHOT_BYTES);
    expect(size > 300_000).toBe(failure === null);
  });

  it('that cannot be pictured is kept without its picture, and says why', async () => {
    const lane = browser.lane({ browser: { screenshot: true } });
    // Its thread is stuck from the moment its snapshot is taken.
    const html = `<title>kept</title><script>
      const { port1, port2 } = new MessageChannel();
      port2.onmessage = () => { for (;;); };
      Object.defineProperty(document, 'doctype', { get: () => { port1.postMessage(0); return null; } });
    </script>`;
    const page = await rendered(lane, 'http://stuck.test/', html);
    expect(titleOf(page)).toBe('kept');
    expect(page.screenshot).toBeNull();
    expect(page.screenshotFailure).toEqual({
      code: 'screenshot_timeout',
      message: 'no picture came within 5000 ms',
    });
    expect(titleOf(await rendered(lane, 'http://stuck.test/next', '<title>next</title>'))).toBe('next');
  }, 20_000);

  it('larger than the limit for bodies is cut, and says so', async () => {
    const lane = browser.lane({ fetch: { maxBodyBytes: 2_000 } });
    const page = await rendered(
      lane,
      'http://large.test/',
      '<title>x</title><script>document.write("<p>word</p>".repeat(1000))</script>',
    );
    expect(page.cut).toBe(true);
  });
});

describe('a page that meddles with how it is read', () => {
  it('by classes of its own is read all the same', async () => {
    const lane = browser.lane();
    const page = await rendered(
      lane,
      'http://meddling.test/',
      `<title>read</title><script>
        window.Promise = class { constructor() {} then(settle) { settle({ html: 5, cut: false }); } };
        String.prototype.slice = () => 5;
      </script>`,
    );
    expect(titleOf(page)).toBe('read');
    expect(titleOf(await rendered(lane, 'http://meddling.test/next', '<title>next</title>'))).toBe('next');
  });

  it.each(['5', 'null', '{}', '[]', 'undefined', '"x".repeat(1e6)'])(
    'so that it says %s is left alone, and the next ones render',
    async (html) => {
      const lane = browser.lane({ fetch: { maxBodyBytes: 2_000 } });
      const forged = await renderHtml(
        lane,
        'http://forging.test/',
        `<title>x</title><script>
          // What a promise is settled with is asked whether it is one itself.
          Object.prototype.then = (settle) =>
            settle(Object.assign(Object.create(null), { html: ${html}, cut: 'x' }));
        </script>`,
      );
      if (html.includes('repeat')) expect(forged).toMatchObject({ kind: 'rendered', cut: true });
      else expect(forged).toMatchObject({ kind: 'not_rendered', code: 'page_left' });
      const next = ['/1', '/2', '/3'].map((path) =>
        rendered(lane, `http://forging.test${path}`, '<title>next</title>'),
      );
      for (const page of await Promise.all(next)) expect(titleOf(page)).toBe('next');
    },
    20_000,
  );
});

describe('a lane that is closed', () => {
  it('renders nothing more, also what waits for its turn', async () => {
    const logger = createLogger({ name: 'browser', level: 'silent' });
    let starts = 0;
    const host = new BrowserHost({
      path: '/bin/false',
      proxy: '127.0.0.1:9',
      sandbox: true,
      logger,
      onCrash: () => {
        starts += 1;
      },
    });
    const { browser: config, politeness, fetch } = campaignConfig.parse({});
    const lane = createBrowserRenderer({
      host,
      config,
      userAgent: politeness.userAgent,
      maxBodyBytes: fetch.maxBodyBytes,
      onRendered: () => {},
    });
    // Somebody else is alone in the browser.
    const leave = await host.gate.enter(true, new AbortController().signal);
    const waiting = renderHtml(lane, 'http://waiting.test/', '<title>x</title>');
    await lane.close();
    expect(await waiting).toMatchObject({ kind: 'not_rendered', code: 'browser_gone' });
    leave?.();
    expect(await renderHtml(lane, 'http://late.test/', '<title>x</title>')).toMatchObject({
      code: 'browser_gone',
    });
    await host.close();
    expect(starts).toBe(0);
  });
});

describe('a page that breaks', () => {
  it('C02: with an endless loop is killed at its deadline, and the next one renders', async () => {
    const lane = browser.lane({ browser: { timeoutMs: 1_000 } });
    const stuck = await renderHtml(lane, 'http://loop.test/', '<title>x</title><script>for (;;);</script>');
    expect(stuck).toMatchObject({ kind: 'not_rendered', code: 'render_timeout' });
    expect(titleOf(await rendered(lane, 'http://loop.test/2', '<title>well</title>'))).toBe('well');
  });

  it('C02: by taking all memory loses its renderer, and the next one renders', async () => {
    const lane = browser.lane({ browser: { timeoutMs: 4_000 } });
    const greedy = await renderHtml(
      lane,
      'http://memory.test/',
      '<script>const all = []; for (;;) all.push(new Array(1e6).fill({}).map((_, i) => ({ i })))</script>',
    );
    expect(greedy).toMatchObject({ kind: 'not_rendered' });
    expect(titleOf(await rendered(lane, 'http://memory.test/2', '<title>well</title>'))).toBe('well');
  }, 60_000);
});
