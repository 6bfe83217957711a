import type { Tx } from '../connect/database.js';

/** Clicks from a seed at which an execution found these URLs, by key; one it never saw is missing. */
export async function readDepths(
  tx: Tx,
  executionId: string,
  urlKeys: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.sql<{ url_hash: string; url_depth: number | null }[]>`
    select url_hash, url_depth from url_discovery_log
    where execution_id = ${executionId} and url_hash = any(${[...urlKeys]}::uuid[])`;
  return new Map(
    rows.flatMap(({ url_hash: key, url_depth: depth }) => (depth === null ? [] : [[key, depth]])),
  );
}
