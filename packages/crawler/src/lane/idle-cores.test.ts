import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { watchIdleCores } from './idle-cores.js';

describe('the idle cores of a machine', () => {
  it('are told between two looks, and not for a moment', async () => {
    const idleCores = watchIdleCores();
    expect(idleCores()).toBeNull();
    await sleep(400);
    const idle = idleCores();
    expect(idle).not.toBeNull();
    expect(idle).toBeGreaterThanOrEqual(0);
    expect(idle).toBeLessThan(cpus().length + 0.2);
    expect(idleCores()).toBeNull();
  });

  it('do not include one that works', () => {
    const idleCores = watchIdleCores();
    for (const end = performance.now() + 600; performance.now() < end; );
    expect(idleCores()).toBeLessThan(cpus().length - 0.5);
  });
});
