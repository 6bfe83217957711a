import { columnLiteral } from '../connect/array-literal.js';
import type { Tx } from '../connect/database.js';
import type { Settlement } from './settlement.js';

/**
 * Gives back those URLs of a batch whose page was to be carried over from an earlier execution and whose record
 * there was deleted meanwhile: nothing is known of the page then, and the next claim, which finds no version to
 * ask by, fetches it whole. The records of the others are held until the transaction ends. A batch without such
 * pages costs nothing.
 */
export async function withoutLostPages(
  tx: Tx,
  settlements: readonly Settlement[],
): Promise<readonly Settlement[]> {
  const carried = settlements.flatMap(({ urlKey, verdict }) =>
    verdict.kind === 'fetched' && verdict.page.carriedFrom !== undefined
      ? [{ urlKey, from: verdict.page.carriedFrom }]
      : [],
  );
  if (carried.length === 0) return settlements;
  const rows = await tx.sql<{ url_key: string }[]>`
    select earlier.url_key
    from unnest(${columnLiteral(carried, ({ urlKey }) => urlKey)}::uuid[],
      ${columnLiteral(carried, ({ from }) => from)}::uuid[]) as fresh (url_key, source)
    join crawl_results earlier on earlier.execution_id = fresh.source and earlier.url_key = fresh.url_key
    for key share of earlier`;
  const kept = new Set(rows.map(({ url_key: key }) => key));
  const lost = new Set(carried.map(({ urlKey }) => urlKey).filter((key) => !kept.has(key)));
  return settlements.map((settlement) => (lost.has(settlement.urlKey) ? givenBack(settlement) : settlement));
}

function givenBack({ urlKey, attempt }: Settlement): Settlement {
  return {
    urlKey,
    ...(attempt === undefined ? {} : { attempt }),
    verdict: { kind: 'retry', delayMs: 0, countAttempt: false },
    discoveries: [],
    errors: [],
  };
}
