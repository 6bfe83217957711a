/** The ends of what a JavaScript Date can hold (ECMA-262, 21.4.1.1) stand for PostgreSQL's infinities. */
export const DISTANT_PAST = new Date(-8.64e15);
export const DISTANT_FUTURE = new Date(8.64e15);

function parseTimestamp(text: string): Date {
  if (text === '-infinity') return new Date(DISTANT_PAST);
  if (text === 'infinity') return new Date(DISTANT_FUTURE);
  return new Date(text);
}

function serializeTimestamp(value: unknown): string {
  if (!(value instanceof Date)) return String(value);
  if (value.getTime() === DISTANT_PAST.getTime()) return '-infinity';
  if (value.getTime() === DISTANT_FUTURE.getTime()) return 'infinity';
  return value.toISOString();
}

/**
 * How values travel, the same for hand-written SQL and for Drizzle:
 * - `timestamptz` comes back as Date; a Date or any string PostgreSQL reads goes in. ±infinity are
 *   DISTANT_PAST and DISTANT_FUTURE.
 * - `bigint` is a number both ways: our counts stay far below 2^53.
 * - `json` and `jsonb` come back parsed. An object or array goes in as it is; a string goes in as JSON
 *   text already made, so a bare JSON string must be given as `JSON.stringify(text)`.
 * - Arrays go in plainly, nulls in them too; but the driver reads a null element back as the text 'NULL',
 *   so a query that may have one returns rows instead.
 */
export const VALUE_CODECS = {
  timestamp: { to: 1184, from: [1184], parse: parseTimestamp, serialize: serializeTimestamp },
  count: { to: 20, from: [20], parse: Number, serialize: String },
  document: {
    to: 3802,
    from: [114, 3802],
    parse: (text: string): unknown => JSON.parse(text),
    serialize: (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value)),
  },
};

const ELEMENT_OIDS = { boolean: 16, bytes: 17, timestamp: 1184 } as const;

/**
 * The type of an array whose elements the driver would take for the type of the whole parameter, or
 * undefined where it asks the server instead.
 */
export function arrayElementOid(values: readonly unknown[]): number | undefined {
  const first = values[0];
  if (typeof first === 'boolean') return ELEMENT_OIDS.boolean;
  if (first instanceof Date) return ELEMENT_OIDS.timestamp;
  if (first instanceof Uint8Array) return ELEMENT_OIDS.bytes;
  return undefined;
}
