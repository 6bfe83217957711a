import type postgres from 'postgres';
import type { Tx } from '../connect/database.js';
import { type Place, type Slice, sliceOf } from './slice.js';

/** A piece of a statement. It would be sent by awaiting it: an asynchronous function gives it out inside an object. */
export type Fragment = postgres.PendingQuery<postgres.Row[]>;

/**
 * Rows looked at for one answer of a list. At a million pages they lie all over the table: 5,000 of them
 * take some 20 ms when they are in memory.
 */
const ROWS_LOOKED_AT = 5_000;

/** A list whose filters no index serves alone, and how to read a part of it. */
export interface BoundedScan<Row extends Key, Key, T> {
  /**
   * Selects rows after the list's place, in the order of the list, without a limit: `select … order by …`. It holds
   * those conditions that its index serves, so that hardly any of its rows is looked at in vain.
   */
  readonly candidates: Fragment;
  /** What the statement calls them. */
  readonly as: Fragment;
  /** Columns of a row that is given out; `as` and `joins` are in reach. */
  readonly columns: Fragment;
  /** Left joins, by a key of the candidate. */
  readonly joins?: Fragment | undefined;
  /** All other conditions: `and … and …`. */
  readonly filter: Fragment;
  /** The order of the list, in columns of `as`. */
  readonly order: Fragment;
  /** The columns of `as` that make a row's place. */
  readonly place: Fragment;
  readonly limit: number;
  readonly present: (row: Row) => T;
  readonly placeOf: (row: Key) => Place;
  /** Default 5,000. */
  readonly rowsLookedAt?: number | undefined;
}

/**
 * Reads part of a list by looking at a bounded number of rows, however large the table and whatever the filter. A slice
 * may hold fewer rows than were asked for, or none, and yet not be the last: `next` is then the last row that was
 * looked at. Over all slices each row of the list comes once. Needs a transaction that sees one moment (`readOnly`),
 * or what is inserted meanwhile may come twice.
 */
export async function scanSlice<Row extends Key, Key extends object, T>(
  tx: Tx,
  scan: BoundedScan<Row, Key, T>,
): Promise<Slice<T>> {
  const { candidates, as, limit, rowsLookedAt = ROWS_LOOKED_AT } = scan;
  const [, rows] = await Promise.all([
    readInOrder(tx),
    tx.sql<Row[]>`
      select ${scan.columns} from (${candidates} limit ${rowsLookedAt}) ${as} ${scan.joins ?? tx.sql``}
      where true ${scan.filter} order by ${scan.order} limit ${limit + 1}`,
  ]);
  if (rows.length > limit) return sliceOf(rows, limit, scan.present, scan.placeOf);
  const [last] = await tx.sql<Key[]>`
    select ${scan.place} from (${candidates} offset ${rowsLookedAt - 1} limit 1) ${as}`;
  return { items: rows.map(scan.present), next: last === undefined ? null : scan.placeOf(last) };
}

/**
 * Several selections of the same columns, each in the order of the list, as one in that order; it reads of each
 * only what it gives out. `none` selects the same columns and no row.
 */
export function mergeOrdered(
  tx: Tx,
  arms: readonly Fragment[],
  { order, none }: { readonly order: Fragment; readonly none: Fragment },
): Fragment {
  const [first, ...others] = arms;
  if (first === undefined) return none;
  if (others.length === 0) return first;
  const all = others.reduce((sum, arm) => tx.sql`${sum} union all (${arm})`, tx.sql`(${first})`);
  return tx.sql`select * from (${all}) merged order by ${order}`;
}

/**
 * Makes the planner read in the order of an index for the rest of the transaction, and stop when it has enough. By its
 * statistics it would often rather read everything and sort it, above all before there are any; and a plan for no
 * campaign in particular is a bad one for those that are larger or smaller than most.
 */
export async function readInOrder(tx: Tx): Promise<void> {
  await tx.sql`
    select set_config('plan_cache_mode', 'force_custom_plan', true), set_config(name, 'off', true)
    from unnest(array['enable_sort', 'enable_bitmapscan', 'enable_seqscan', 'enable_hashjoin', 'enable_mergejoin']) as name`;
}
