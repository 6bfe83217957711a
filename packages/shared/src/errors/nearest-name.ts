/** Longer texts are no mistyped names, and comparing them would take long. */
export const LONGEST_NAME = 60;

/**
 * The known name that a mistyped one was probably meant to be: the same but for case and punctuation, or else the
 * nearest within a third of its letters. Null when none is near.
 */
export function nearestName(written: string, known: readonly string[]): string | null {
  if (written.length > LONGEST_NAME) return null;
  const wanted = lettersOf(written);
  let nearest: string | null = null;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(wanted, lettersOf(name));
    // All letters replaced make another word, however short.
    if (distance < least && distance < wanted.length) [nearest, least] = [name, distance];
  }
  return nearest;
}

/** Whether two names are the same but for case and punctuation; too long ones are the same as none. */
export function isSameName(one: string, other: string): boolean {
  if (Math.max(one.length, other.length) > LONGEST_NAME) return false;
  return lettersOf(one) === lettersOf(other);
}

function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** Letters to insert, remove, replace, or swap with their neighbour (optimal string alignment). */
function editDistance(from: string, to: string): number {
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: to.length + 1 }, (_, at) => at)];
  for (let row = 1; row <= from.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwap =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      next[column] = Math.min(
        cellOf(last, column) + 1,
        cellOf(next, column - 1) + 1,
        cellOf(last, column - 1) + (isSame ? 0 : 1),
        isSwap ? cellOf(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforeLast, last] = [last, next];
  }
  return cellOf(last, to.length);
}

function cellOf(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
