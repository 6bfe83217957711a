/** Longest repeated block looked for: `/a/b/c/d/e/a/b/c/d/e/…` is a block of five. */
const LONGEST_BLOCK = 8;
const NUMERIC = /^[\d._-]*$/;

/**
 * The block of path segments that stands `times` times in a row or more, such as `x/y` in
 * `/x/y/x/y/x/y`; null when none does. Blocks of numbers do not count: `/11/11/11` is a date.
 */
export function repeatedBlock(segments: readonly string[], times: number): string | null {
  for (let size = 1; size <= LONGEST_BLOCK && size * times <= segments.length; size++) {
    let same = 0;
    for (let at = size; at < segments.length; at++) {
      same = segments[at] === segments[at - size] ? same + 1 : 0;
      if (same < size * (times - 1)) continue;
      const block = segments.slice(at - size + 1, at + 1);
      if (block.some((segment) => segment !== '' && !NUMERIC.test(segment))) return block.join('/');
    }
  }
  return null;
}
