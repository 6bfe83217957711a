import { createLogger } from '@outrider/telemetry';
import { describe, expect, it } from 'vitest';
import { pauseAfter, runDuties } from './run-duties.js';

const logged: string[] = [];
const logger = createLogger({
  name: 'test',
  level: 'debug',
  destination: { write: (line) => logged.push(line) },
});
const options = { logger, onRun: () => undefined };

/** Resolves when called for the nth time. */
function nthCall(n: number): { readonly reached: Promise<void>; readonly call: () => void } {
  let left = n;
  let resolve = (): void => undefined;
  const reached = new Promise<void>((done) => {
    resolve = done;
  });
  return {
    reached,
    call: () => {
      left -= 1;
      if (left === 0) resolve();
    },
  };
}

describe('a duty', () => {
  it('never overlaps itself, however short its interval', async () => {
    const { reached, call } = nthCall(5);
    let running = 0;
    let most = 0;
    const run = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      call();
      return {};
    };
    const duties = runDuties([{ name: 'd', intervalMs: 1, run }], options);
    await reached;
    expect(await duties.stop(1_000)).toBe(true);
    expect(most).toBe(1);
  });

  it('that fails is logged and tried again, and holds up no other', async () => {
    const failing = nthCall(3);
    const healthy = nthCall(3);
    const duties = runDuties(
      [
        {
          name: 'failing',
          intervalMs: 1,
          run: () => {
            failing.call();
            return Promise.reject(new Error('no luck'));
          },
        },
        {
          name: 'healthy',
          intervalMs: 1,
          run: () => {
            healthy.call();
            return Promise.resolve({});
          },
        },
      ],
      options,
    );
    await Promise.all([failing.reached, healthy.reached]);
    await duties.stop(1_000);
    expect(logged.filter((line) => line.includes('no luck')).length).toBeGreaterThanOrEqual(2);
  });

  it('under way when it stops is waited for, but not for ever', async () => {
    let finish = (): void => undefined;
    const stuck = new Promise<Record<string, number>>((resolve) => {
      finish = () => resolve({});
    });
    const duties = runDuties([{ name: 'stuck', intervalMs: 1, run: () => stuck }], options);
    expect(await duties.stop(20)).toBe(false);
    finish();
    expect(await duties.stop(1_000)).toBe(true);
  });

  it('stopped in its pause does not wait for the pause to end', async () => {
    const { reached, call } = nthCall(1);
    const run = () => {
      call();
      return Promise.resolve({});
    };
    const duties = runDuties([{ name: 'd', intervalMs: 3_600_000, run }], options);
    await reached;
    expect(duties.late()).toEqual([]);
    expect(await duties.stop(5_000)).toBe(true);
  });
});

describe('the pause after a run', () => {
  it('varies by a fifth around the interval', () => {
    expect([0, 0.5, 1].map((random) => Math.round(pauseAfter(1_000, 0, () => random)))).toEqual([
      800, 1_000, 1_200,
    ]);
  });

  it('doubles with each failure in a row, up to half a minute', () => {
    const pauses = [1, 2, 3, 4, 20].map((failures) => pauseAfter(2_000, failures, () => 0.5));
    expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 30_000]);
  });
});
