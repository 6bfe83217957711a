/** Finds nothing in nearly every text, and fast: it does not look at pairs. */
const SUSPECT = /[\0\ud800-\udfff]/;
/** With the `u` flag a surrogate only matches when it has no partner. */
const UNSTORABLE = /[\0\ud800-\udfff]/gu;

/**
 * Text as PostgreSQL stores it: U+0000 (which `text` and `jsonb` refuse) and lone surrogates (which no
 * UTF-8 has) become U+FFFD. Text without them, nearly all, is returned as it is.
 */
export function toStorableText(text: string): string {
  return SUSPECT.test(text) ? text.replace(UNSTORABLE, '\ufffd') : text;
}

function toStorableEntries(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [toStorableText(key), toStorableJson(item)]),
  );
}

/**
 * The same for a whole JSON value, names included. A value without anything to replace is returned as
 * it is, and is not copied. Numbers that JSON lacks (NaN, Infinity) become null, as JSON.stringify makes them.
 */
export function toStorableJson<T>(value: T): T;
export function toStorableJson(value: unknown): unknown {
  if (typeof value === 'string') return toStorableText(value);
  if (typeof value !== 'object' || value === null || isStorable(value)) return value;
  return Array.isArray(value) ? value.map((item: unknown) => toStorableJson(item)) : toStorableEntries(value);
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return toStorableText(value) === value;
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isStorable);
  return Object.entries(value).every(([key, item]) => isStorable(key) && isStorable(item));
}
