import { cpus } from 'node:os';

/** Shorter than this, in milliseconds, the kernel's hundredths of a second say little. */
const SHORTEST_MS = 250;

/**
 * Tells how many cores of the machine had nothing to do since the last call, other processes' work included; null when that was
 * too short a time ago. In a container with a share of a larger machine these are the machine's cores and not the share.
 */
export function watchIdleCores(): () => number | null {
  let before = { at: performance.now(), idleMs: idleMs() };
  return () => {
    const after = { at: performance.now(), idleMs: idleMs() };
    const elapsed = after.at - before.at;
    if (elapsed < SHORTEST_MS) return null;
    const idle = (after.idleMs - before.idleMs) / elapsed;
    before = after;
    return idle;
  };
}

function idleMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0);
}
