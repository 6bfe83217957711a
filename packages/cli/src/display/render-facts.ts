import { printable } from './printable.js';

/** Names and values, one pair a line; pairs without a value are left out. */
export function renderFacts(
  facts: readonly (readonly [name: string, value: string | null | undefined])[],
): string {
  const known = facts.flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [{ name, value }],
  );
  const width = Math.max(0, ...known.map(({ name }) => name.length));
  return known.map(({ name, value }) => `${name.padEnd(width)}  ${printable(value)}`).join('\n');
}
