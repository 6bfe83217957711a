/** The classes of campaigns (`priority`), the first served first. */
export const LANE_CLASSES = ['urgent', 'normal', 'backfill'] as const;
export type LaneClass = (typeof LANE_CLASSES)[number];

/**
 * A class that waits and has no lane running comes first once it has had none for this long, in
 * milliseconds: what is left for it is never nothing for ever.
 */
export const CLASS_PATIENCE_MS: Readonly<Record<LaneClass, number>> = {
  urgent: 0,
  normal: 120_000,
  backfill: 300_000,
};

/**
 * A lane held for this long, in milliseconds, makes room for an execution of its class that has no lane at
 * all. The last lane of a class is left alone for as long, whatever else is waiting.
 */
export const LANE_QUANTUM_MS = 60_000;
