import { isDeepStrictEqual } from 'node:util';

/** A value that differs between two configurations; null on the side that has none. */
export interface ConfigDifference {
  /** Dotted: `scope.maxPages`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * What differs between two configurations, by path, in the order of their fields; pure. Lists are compared
 * as a whole: their order means something.
 */
export function compareConfigs(before: object, after: object): ConfigDifference[] {
  return compare('', before, after);
}

function compare(path: string, before: unknown, after: unknown): ConfigDifference[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isGroup(before) || !isGroup(after)) return [{ path, before: before ?? null, after: after ?? null }];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => compare(path === '' ? name : `${path}.${name}`, before[name], after[name]));
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
