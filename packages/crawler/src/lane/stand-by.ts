import type { Bell } from './bell.js';

/** A lane that stands by looks this often whether its execution goes on. Milliseconds. */
const LOOK_MS = 500;

/**
 * Leaves an execution to the lane beside it for that many milliseconds, and the processor as well. `look` claims nothing, and says
 * whether the lane still has something to wait for: a stop, a pause and the end are heard as while it crawls.
 */
export async function standBy(
  milliseconds: number,
  { look, bell }: { readonly look: () => Promise<boolean>; readonly bell: Bell },
): Promise<void> {
  const until = performance.now() + milliseconds;
  for (let left = milliseconds; left > 0; left = until - performance.now()) {
    if (!(await look())) return;
    await bell.wait(Math.min(left, LOOK_MS));
  }
}
