import type { Tx } from '../connect/database.js';

/**
 * How many rows of some tables, their partitions included, `work` reads in the transaction, whether it wants them or not. What an
 * index alone shows to be unwanted is not counted.
 */
export async function rowsRead(
  tx: Tx,
  tables: readonly string[],
  work: () => Promise<unknown>,
): Promise<number> {
  const before = await readSoFar(tx, tables);
  await work();
  return (await readSoFar(tx, tables)) - before;
}

/** By the session since it last told the server. */
async function readSoFar(tx: Tx, tables: readonly string[]): Promise<number> {
  const [row] = await tx.sql<{ read: number }[]>`
    select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::float8 as read
    from unnest(${[...tables]}::text[]) as name cross join lateral pg_partition_tree(name::regclass)
      join pg_stat_xact_all_tables using (relid)`;
  if (row === undefined) throw new Error('a sum has a row');
  return row.read;
}
