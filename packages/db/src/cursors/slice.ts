/** A place in a sorted list: the sort values of the last row that was given out, in the order of the sort. */
export type Place = readonly (string | number)[];

/** Part of a list. `next` is the place to go on after, or null at its end. */
export interface Slice<T> {
  readonly items: T[];
  readonly next: Place | null;
}

/**
 * Makes a slice from rows that were read with one more than `limit`, which tells whether there is more
 * without counting.
 */
export function sliceOf<Row, T>(
  rows: readonly Row[],
  limit: number,
  present: (row: Row) => T,
  placeOf: (row: Row) => Place,
): Slice<T> {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return {
    items: kept.map(present),
    next: rows.length > limit && last !== undefined ? placeOf(last) : null,
  };
}
