import type { ClaimedTarget } from '@outrider/db';
import { describe, expect, it } from 'vitest';
import { claimedTarget } from '../testing/test-target.js';
import { createCrawleeEngine, type Engine } from './crawlee-engine.js';

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** An engine over a list of URLs that tests add to, with what it handled and how many at once. */
function engineOver(
  urls: readonly string[],
  handle: (target: ClaimedTarget) => Promise<void>,
  concurrency = 4,
) {
  const waiting = urls.map((url) => claimedTarget(url));
  const handled: string[] = [];
  let inFlight = 0;
  let most = 0;
  let over = false;
  const engine: Engine = createCrawleeEngine(
    {
      hasReady: () => waiting.length > 0,
      next: () => {
        const target = waiting.shift() ?? null;
        if (target !== null) inFlight += 1;
        return target;
      },
      isOver: () => over && inFlight === 0,
      handle: async (target) => {
        most = Math.max(most, inFlight);
        try {
          await handle(target);
        } finally {
          inFlight -= 1;
          handled.push(target.url);
        }
      },
    },
    { concurrency, handlerTimeoutSeconds: 60 },
  );
  return {
    engine,
    handled,
    most: () => most,
    add: (url: string) => waiting.push(claimedTarget(url)),
    end: () => {
      over = true;
      engine.notify();
    },
  };
}

const urls = (count: number): string[] => Array.from({ length: count }, (_, n) => `http://a.test/${n}`);

describe('the engine', () => {
  it('handles each URL once, as many at a time as it may from the start', async () => {
    const { engine, handled, most, end } = engineOver(urls(40), () => sleep(5));
    const run = engine.run();
    await expect.poll(() => handled.length, { timeout: 10_000 }).toBe(40);
    end();
    await run;
    expect(new Set(handled)).toEqual(new Set(urls(40)));
    expect(most()).toBe(4);
  });

  it('waits for work that comes later, and takes it up when it is told', async () => {
    const { engine, handled, add, end } = engineOver([], async () => {});
    const run = engine.run();
    await sleep(120);
    add('http://a.test/late');
    engine.notify();
    await expect.poll(() => handled, { timeout: 5_000 }).toEqual(['http://a.test/late']);
    end();
    await run;
  });

  it('ends only when nothing is in flight', async () => {
    let finish: () => void = () => {};
    const { engine, handled, end } = engineOver(
      ['http://a.test/slow'],
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    );
    let ended = false;
    const run = engine.run().then(() => {
      ended = true;
    });
    await sleep(100);
    end();
    await sleep(150);
    expect(ended).toBe(false);
    finish();
    await run;
    expect(handled).toEqual(['http://a.test/slow']);
  });

  it('ends at once when it is over before it began', async () => {
    const { engine, end } = engineOver([], async () => {});
    end();
    await engine.run();
  });

  it('is not stopped by a handler that throws', async () => {
    const { engine, handled, end } = engineOver(urls(6), async ({ url }) => {
      if (url.endsWith('/2')) throw new Error('a defect');
    });
    const run = engine.run();
    await expect.poll(() => handled.length, { timeout: 10_000 }).toBe(6);
    end();
    await run;
  });

  it('takes URLs that Crawlee itself would refuse or change', async () => {
    const odd = ['http://[::1]:8080/', 'http://a.test/%ff?x=[]|', 'http://xn--bcher-kva.test/'];
    const seen: string[] = [];
    const { engine, handled, end } = engineOver(odd, async ({ url }) => void seen.push(url));
    const run = engine.run();
    await expect.poll(() => handled.length, { timeout: 10_000 }).toBe(3);
    end();
    await run;
    expect(new Set(seen)).toEqual(new Set(odd));
  });
});
