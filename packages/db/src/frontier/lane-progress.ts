import type { Tx } from '../connect/database.js';

/**
 * A number that rises with every commit of a lane in which a page was settled or a URL found, and never falls. The
 * column list is that of `execution_lanes`, under its own name or as `lane`. A lane that finds less in the
 * ledger than it was told lost commits to a crash of the server, since those are not flushed one by one.
 */
export function laneProgress({ sql }: Tx) {
  return sql`(fetched + failed + discovered)::float8`;
}
