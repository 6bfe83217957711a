/** Deeper than this, depth no longer orders the frontier. */
const DEEPEST = 1_000;

/**
 * The priority of a URL on the frontier, higher first: breadth first, so what lies closer to a seed comes
 * first. Kept on a scale that leaves room for other grounds on both sides of a smallint.
 */
export function crawlPriority(depth: number): number {
  return DEEPEST - Math.min(depth, DEEPEST);
}
