import type { SiteStructure } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { countStructure } from './count-structure.js';

/** So many pages are counted in less than 100 ms, for each who looks and every time. */
const PAGES_COUNTED_LIVE = 4_000;

/**
 * The structure of the site that an execution fetched: of an ended one as it was stored, and until then counted from
 * about 4,000 pages at most.
 */
export async function readStructure(tx: Tx, executionId: string): Promise<SiteStructure> {
  const [stored] = await tx.sql<{ structure: SiteStructure }[]>`
    select structure from execution_structures where execution_id = ${executionId}`;
  return stored?.structure ?? countStructure(tx, executionId, PAGES_COUNTED_LIVE);
}
