import { createLogger } from '@outrider/telemetry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chromiumOfThisMachine } from '../testing/test-browser.js';
import { BrowserHost } from './browser-host.js';
import { PagePool } from './page-pool.js';

const SETTINGS = { userAgent: 'Outrider', blockResources: [] } as const;

let host: BrowserHost;
beforeEach(() => {
  host = new BrowserHost({
    path: chromiumOfThisMachine(),
    proxy: '127.0.0.1:9',
    sandbox: true,
    logger: createLogger({ name: 'browser', level: 'silent' }),
    onCrash: () => {},
  });
});
afterEach(() => host.close());

/** Contexts of the browser besides one that is opened to ask. */
async function otherContexts(): Promise<number> {
  const own = await host.openContext();
  const { browserContextIds } = await own.chromium.devtools.send('Target.getBrowserContexts');
  host.closeContext(own);
  return (browserContextIds as readonly string[]).filter((id) => id !== own.id).length;
}

describe('the pages of a lane', () => {
  it('are closed with it, those included that are just being opened, and none is given out any more', {
    timeout: 40_000,
  }, async () => {
    const open = new PagePool(host, SETTINGS, 2);
    open.give(await open.take());
    expect(await otherContexts()).toBe(1);
    const pool = new PagePool(host, SETTINGS, 2);
    const taking = Array.from({ length: 4 }, () => pool.take().catch(String));
    pool.close();
    expect(await Promise.all(taking)).toEqual(Array.from({ length: 4 }, () => 'Error: the lane is over'));
    await expect(pool.take()).rejects.toThrow('the lane is over');
    expect(await otherContexts()).toBe(1);
    open.close();
    expect(await otherContexts()).toBe(0);
    await expect(open.take()).rejects.toThrow('the lane is over');
  });

  it('are not handed out again after they were thrown away, though somebody gives them back', {
    timeout: 40_000,
  }, async () => {
    const pool = new PagePool(host, SETTINGS, 1);
    const page = await pool.take();
    pool.discard(page, false);
    pool.give(page);
    const next = await pool.take();
    expect(next).not.toBe(page);
    // The one place is taken.
    let third = false;
    const waiting = pool.take().then((taken) => {
      third = true;
      return taken;
    });
    await otherContexts();
    expect(third).toBe(false);
    pool.give(next);
    expect(await waiting).toBe(next);
    pool.close();
  });
});
