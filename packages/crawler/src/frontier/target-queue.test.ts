import type { HostGrant } from '@outrider/db';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimedTarget } from '../testing/test-target.js';
import { TargetQueue } from './target-queue.js';

function grant(host: string, permits: number, delayMs = 0, isShared = false): HostGrant {
  const none = { claims: 0, startInMs: 0, refusal: null, isSlower: false, isDead: false };
  return { host, permits, delayMs, isShared, ...none };
}

function queueOf(urls: readonly string[], grants: readonly HostGrant[], now = 0): TargetQueue {
  const queue = new TargetQueue();
  queue.add(
    urls.map((url) => claimedTarget(url)),
    grants,
    now,
  );
  return queue;
}

const A = ['http://a.test/1', 'http://a.test/2', 'http://a.test/3'];
const B = ['http://b.test/1', 'http://b.test/2'];

describe('a target queue', () => {
  it('hands out the URLs of a host in the order they were claimed', () => {
    const queue = queueOf(A, [grant('a.test', 9)]);
    expect([queue.next(0), queue.next(0), queue.next(0), queue.next(0)].map((one) => one?.url)).toEqual([
      ...A,
      undefined,
    ]);
    expect(queue).toMatchObject({ waiting: 0, inFlight: 3 });
  });

  it('has no more in flight on a host than its permits', () => {
    const queue = queueOf(A, [grant('a.test', 1)]);
    expect(queue.next(0)?.url).toBe(A[0]);
    expect(queue.hasReady(0)).toBe(false);
    expect(queue.next(0)).toBeNull();
    queue.finish('a.test');
    expect(queue.next(0)?.url).toBe(A[1]);
  });

  it('starts nothing on a host whose permits fell below what is in flight, until enough is over', () => {
    const queue = queueOf([...A, 'http://a.test/4'], [grant('a.test', 3)]);
    for (let n = 0; n < 3; n += 1) queue.next(0);
    queue.add([], [grant('a.test', 1)], 0);
    queue.finish('a.test');
    queue.finish('a.test');
    expect(queue.next(0)).toBeNull();
    queue.finish('a.test');
    expect(queue.next(0)?.url).toBe('http://a.test/4');
  });

  it('lets hosts take turns', () => {
    const queue = queueOf([...A, ...B], [grant('a.test', 9), grant('b.test', 9)]);
    const hosts = Array.from({ length: 5 }, () => queue.next(0)?.host);
    expect(hosts).toEqual(['a.test', 'b.test', 'a.test', 'b.test', 'a.test']);
  });

  it('starts a URL when its moment has come, and says how long that is', () => {
    const queue = new TargetQueue();
    queue.add([claimedTarget('http://a.test/1', { startInMs: 30 })], [grant('a.test', 1)], 100);
    expect(queue.nextStartInMs(110)).toBe(20);
    expect(queue.next(129)).toBeNull();
    expect(queue.next(130)?.url).toBe('http://a.test/1');
    expect(queue.nextStartInMs(130)).toBeNull();
  });

  it('keeps the delay of a host also after a URL that started late', () => {
    const queue = new TargetQueue();
    const targets = [0, 100, 200].map((startInMs, n) => claimedTarget(`http://a.test/${n}`, { startInMs }));
    queue.add(targets, [grant('a.test', 9, 100)], 0);
    expect(queue.next(70)?.url).toBe('http://a.test/0');
    expect(queue.next(169)).toBeNull();
    expect(queue.nextStartInMs(169)).toBe(1);
    expect(queue.next(170)?.url).toBe('http://a.test/1');
  });

  it('keeps the delay of a host from the moment at which a request went out, should that be late', () => {
    const queue = new TargetQueue();
    const targets = [0, 100].map((startInMs, n) => claimedTarget(`http://a.test/${n}`, { startInMs }));
    queue.add(targets, [grant('a.test', 9, 100)], 0);
    expect(queue.next(0)?.url).toBe('http://a.test/0');
    queue.sent('a.test', 60);
    expect(queue.next(159)).toBeNull();
    expect(queue.next(160)?.url).toBe('http://a.test/1');
  });

  it('names no moment for a host without a free permit', () => {
    const queue = queueOf(A, [grant('a.test', 1)]);
    queue.next(0);
    expect(queue.nextStartInMs(0)).toBeNull();
  });

  it('counts as committed what may start before the next claim is answered', () => {
    const queue = queueOf([...A, ...B], [grant('a.test', 2), grant('b.test', 9)]);
    queue.next(0);
    expect(queue.committedByHost()).toEqual(
      new Map([
        ['a.test', 2],
        ['b.test', 2],
      ]),
    );
    queue.add([], [grant('b.test', 0)], 0);
    expect(queue.committedByHost().has('b.test')).toBe(false);
  });

  it('lacks permits when URLs wait and no host they wait for has one', () => {
    const queue = queueOf(A, [grant('a.test', 0)]);
    expect(queue.lacksPermits).toBe(true);
    queue.add([], [grant('a.test', 1)], 0);
    expect(queue.lacksPermits).toBe(false);
    queue.next(0);
    queue.add([], [grant('a.test', 0)], 0);
    // One is in flight: its end will tell.
    expect(queue.lacksPermits).toBe(false);
    expect(new TargetQueue().lacksPermits).toBe(false);
  });

  it('knows the hosts it works on, and forgets the others with their permits', () => {
    const queue = queueOf([...A.slice(0, 1), ...B], [grant('a.test', 1), grant('b.test', 1)]);
    queue.next(0);
    expect(queue.hosts()).toEqual(new Set(['a.test', 'b.test']));
    queue.finish('a.test');
    expect(queue.hosts()).toEqual(new Set(['b.test']));
    queue.add([], [], 0);
    queue.add([claimedTarget('http://a.test/9')], [], 0);
    queue.next(0);
    expect(queue.next(0)).toBeNull();
  });

  it('gives back what waits for one host, or for all', () => {
    const queue = queueOf([...A, ...B], [grant('a.test', 1), grant('b.test', 1)]);
    queue.next(0);
    expect(queue.takeWaiting('a.test').map(({ url }) => url)).toEqual(A.slice(1));
    expect(queue.takeWaiting('unknown.test')).toEqual([]);
    expect(queue).toMatchObject({ waiting: 2, inFlight: 1 });
    expect(queue.drain().map(({ url }) => url)).toEqual(B);
    expect(queue).toMatchObject({ waiting: 0, inFlight: 1 });
    expect(queue.next(0)).toBeNull();
  });

  it('loses nothing, doubles nothing and keeps to the permits, whatever happens in whatever order', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const), host: fc.nat(3), count: fc.nat(4), permits: fc.nat(3) }),
      fc.record({ do: fc.constant('next' as const), by: fc.nat(20) }),
      fc.record({ do: fc.constant('finish' as const), host: fc.nat(3) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const queue = new TargetQueue();
        const permits = new Map<string, number>();
        const running = new Map<string, number>();
        const given = new Set<string>();
        let added = 0;
        let now = 0;
        for (const one of steps) {
          if (one.do === 'add') {
            const host = `h${one.host}.test`;
            const targets = Array.from({ length: one.count }, () =>
              claimedTarget(`http://${host}/${added++}`),
            );
            queue.add(targets, [grant(host, one.permits, 5)], now);
            permits.set(host, one.permits);
          } else if (one.do === 'next') {
            now += one.by;
            const ready = queue.hasReady(now);
            const target = queue.next(now);
            expect(target !== null).toBe(ready);
            if (target === null) continue;
            expect(given.has(target.url)).toBe(false);
            given.add(target.url);
            running.set(target.host, (running.get(target.host) ?? 0) + 1);
            expect(running.get(target.host)).toBeLessThanOrEqual(permits.get(target.host) ?? 0);
          } else if ((running.get(`h${one.host}.test`) ?? 0) > 0) {
            queue.finish(`h${one.host}.test`);
            running.set(`h${one.host}.test`, (running.get(`h${one.host}.test`) ?? 0) - 1);
          }
          expect(queue.waiting + given.size).toBe(added);
        }
      }),
    );
  });
});

it('a URL whose turn in the pace of its host went by is handed out no more, and comes out as missed', () => {
  const queue = new TargetQueue();
  const targets = [0, 1_000, 2_000, 3_000].map((startInMs) => ({
    ...claimedTarget(`http://paced.test/${startInMs}`),
    startInMs,
  }));
  queue.add(targets, [grant('paced.test', 4, 1_000)], 0);
  expect(queue.next(900)).toBe(targets[0]);
  expect(queue.takeMissed()).toEqual([]);
  // Held up for more than a delay.
  expect(queue.next(3_000)).toBe(targets[2]);
  expect(queue.takeMissed()).toEqual([targets[1]]);
  expect({ missed: queue.takeMissed(), waiting: queue.waiting, inFlight: queue.inFlight }).toEqual({
    missed: [],
    waiting: 1,
    inFlight: 2,
  });
});

it('where other lanes have places in the pace too, a turn is missed sooner: it may be late by what is spared for that', () => {
  const queue = new TargetQueue();
  const targets = [0, 1_000, 2_000].map((startInMs) => ({
    ...claimedTarget(`http://shared.test/${startInMs}`),
    startInMs,
  }));
  queue.add(targets, [grant('shared.test', 4, 1_000, true)], 0);
  expect(queue.next(150)).toBe(targets[0]);
  expect(queue.next(1_151)).toBeNull();
  expect(queue.takeMissed()).toEqual([targets[1]]);
  expect(queue.next(2_000)).toBe(targets[2]);
});
