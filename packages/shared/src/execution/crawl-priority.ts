/** Deeper than this, depth no longer orders the frontier. */
const DEEPEST = 1_000;

/**
 * The priority of a URL on the frontier, higher first: breadth first, so what lies closer to a seed comes
 * first. Kept on a scale that leaves room for other grounds on both sides of a smallint.
 */
export function crawlPriority(depth: number): number {
  return DEEPEST - Math.min(depth, DEEPEST);
}

/**
 * The priority of a URL that only a sitemap names: after every URL that a link leads to. A link found before its
 * turn gives it the priority of its depth.
 */
export const SITEMAP_PRIORITY = -1;
