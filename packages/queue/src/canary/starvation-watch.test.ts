import { describe, expect, it } from 'vitest';
import { StarvationWatch } from './starvation-watch.js';

describe('the starvation watch', () => {
  it('counts from the first glimpse of waiting jobs and free room', () => {
    const watch = new StarvationWatch();
    watch.observe(1_000, { couldTake: false, started: 0 });
    watch.observe(2_000, { couldTake: true, started: 0 });
    watch.observe(3_000, { couldTake: true, started: 0 });
    expect(watch.durationMs(3_500)).toBe(1_500);
  });

  it('starts over when a job was started in between', () => {
    const watch = new StarvationWatch();
    watch.observe(1_000, { couldTake: true, started: 4 });
    watch.observe(2_000, { couldTake: true, started: 4 });
    watch.observe(3_000, { couldTake: true, started: 5 });
    expect(watch.durationMs(9_000)).toBe(0);
    watch.observe(9_000, { couldTake: true, started: 5 });
    expect(watch.durationMs(9_500)).toBe(500);
  });

  it('ends when nothing waits any more', () => {
    const watch = new StarvationWatch();
    watch.observe(1_000, { couldTake: true, started: 0 });
    watch.observe(2_000, { couldTake: false, started: 0 });
    expect(watch.durationMs(5_000)).toBe(0);
  });
});
