import { isDeepStrictEqual } from 'node:util';

type Fields = Readonly<Record<string, unknown>>;

export interface Change {
  readonly before: Fields;
  readonly after: Fields;
}

/** A list longer than this, or a text, is told by its size. */
const LONGEST_VALUE = 500;

/**
 * The fields that differ between two states of a thing, as they were and as they are, groups of fields one level
 * deep: `{ before: { 'scope.maxPages': 10 }, after: { 'scope.maxPages': 20 } }`. Pure.
 */
export function summarizeChange(before: Fields, after: Fields): Change {
  const old = flatten(before);
  const fresh = flatten(after);
  const changed = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].filter(
    (path) => !isDeepStrictEqual(old[path], fresh[path]),
  );
  const pick = (fields: Fields): Fields =>
    Object.fromEntries(
      changed.filter((path) => fields[path] !== undefined).map((path) => [path, shorten(fields[path])]),
    );
  return { before: pick(old), after: pick(fresh) };
}

function flatten(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]): [string, unknown][] =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value).map(([inner, item]): [string, unknown] => [`${name}.${inner}`, item])
        : [[name, value]],
    ),
  );
}

function shorten(value: unknown): unknown {
  const text = JSON.stringify(value);
  if (text.length <= LONGEST_VALUE) return value;
  return Array.isArray(value) ? `${value.length} entries` : `${text.length} characters`;
}
