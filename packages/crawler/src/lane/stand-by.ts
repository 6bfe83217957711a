import type { StandbyTurn } from '@outrider/db';
import type { Bell } from './bell.js';
import type { LaneEffects } from './lane-effects.js';

/** A lane that stands by looks this often whether it is its turn, and whether its execution goes on. Milliseconds. */
const LOOK_MS = 500;
/**
 * So many cores without work are room for another worker. For so many looks in a row for the second of the machine, twice as
 * many for the third: that finds the core that the second one has taken busy.
 */
const ROOM = { cores: 0.8, looks: 2 } as const;

export interface StandbyOptions {
  readonly effects: Pick<LaneEffects, 'standby'>;
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
  const turn = (): Promise<StandbyTurn> => effects.standby().catch(() => ({ forMs: 0, ahead: 0 }));
  let looksWithRoom = 0;
  for (let { forMs, ahead } = await turn(); forMs > 0; { forMs, ahead } = await turn()) {
    await bell.wait(Math.min(forMs, LOOK_MS));
    if ((await look()) === null) return;
    const idle = idleCores();
    if (idle !== null) looksWithRoom = idle >= ROOM.cores ? looksWithRoom + 1 : 0;
    if (looksWithRoom >= ROOM.looks * ahead) return;
  }
}
