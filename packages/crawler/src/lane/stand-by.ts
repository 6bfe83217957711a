import type { Bell } from './bell.js';
import type { LaneEffects } from './lane-effects.js';

/** A lane that stands by looks this often whether it is its turn, and whether its execution goes on. Milliseconds. */
const LOOK_MS = 500;
/** So many cores without work, at so many looks in a row, are room for another worker. */
const ROOM = { cores: 0.8, looks: 2 } as const;

export interface StandbyOptions {
  readonly effects: Pick<LaneEffects, 'standbyMs'>;
  /** Looks what becomes of the execution, and claims nothing. Null when the lane has ended. */
  readonly look: () => Promise<object | null>;
  readonly bell: Bell;
  /** Cores of the machine that were idle since the last call; null when nothing can be said. */
  readonly idleCores: () => number | null;
}

/**
 * Leaves an execution to the lane beside it, and the processor as well, for as long as that needs it: until a core of the
 * machine is idle, or the time for standing by is over. A stop, a pause and the end are heard as while it
 * crawls. Whose turn it is is asked again at each look, since the other worker may let go, or die; where that cannot be
 * told, the lane crawls.
 */
export async function standBy({ effects, look, bell, idleCores }: StandbyOptions): Promise<void> {
  const leftMs = (): Promise<number> => effects.standbyMs().catch(() => 0);
  let looksWithRoom = 0;
  for (let left = await leftMs(); left > 0; left = await leftMs()) {
    await bell.wait(Math.min(left, LOOK_MS));
    if ((await look()) === null) return;
    const idle = idleCores();
    if (idle !== null) looksWithRoom = idle >= ROOM.cores ? looksWithRoom + 1 : 0;
    if (looksWithRoom >= ROOM.looks) return;
  }
}
