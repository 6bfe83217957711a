import { parse as parseArray } from 'postgres-array';
import { type ArrayElement, arrayLiteral } from './array-literal.js';

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

/** A type on its way in and out: the text PostgreSQL reads and writes for it (PostgreSQL, 55.2.3 and chapter 8). */
interface ElementType {
  readonly arrayOid: number;
  readonly parse?: (text: string) => unknown;
  readonly serialize?: (value: unknown) => ArrayElement;
}

const TIMESTAMP = { parse: parseTimestamp, serialize: serializeTimestamp };
const DOCUMENT = {
  parse: (text: string): unknown => JSON.parse(text),
  serialize: (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value)),
};
const BYTES = {
  parse: (text: string): Buffer => Buffer.from(text.slice(2), 'hex'),
  serialize: (value: unknown): string => `\\x${Buffer.from(value as Uint8Array).toString('hex')}`,
};

/** Every type of which we send or read arrays, by the object identifiers that are the same everywhere (pg_type.dat). */
const ELEMENTS = {
  boolean: { arrayOid: 1000, parse: (text) => text === 't' },
  bytea: { arrayOid: 1001, ...BYTES },
  bigint: { arrayOid: 1016, parse: Number },
  smallint: { arrayOid: 1005, parse: Number },
  int: { arrayOid: 1007, parse: Number },
  text: { arrayOid: 1009 },
  real: { arrayOid: 1021, parse: Number },
  float8: { arrayOid: 1022, parse: Number },
  timestamptz: { arrayOid: 1185, ...TIMESTAMP },
  uuid: { arrayOid: 2951 },
  jsonb: { arrayOid: 3807, ...DOCUMENT },
} satisfies Record<string, ElementType>;

interface Codec {
  readonly to: number;
  readonly from: number[];
  readonly parse: (text: string) => unknown;
  readonly serialize: (value: unknown) => string;
}

function arrayCodec({ arrayOid, parse, serialize }: ElementType): Codec {
  const element = (value: unknown): ArrayElement => {
    if (value === undefined || Array.isArray(value)) {
      throw new TypeError('an element of an array is undefined, or an array itself');
    }
    return value === null || serialize === undefined ? (value as ArrayElement) : serialize(value);
  };
  return {
    to: arrayOid,
    from: [arrayOid],
    parse: (text) => (parse === undefined ? parseArray(text) : parseArray(text, parse)),
    // Text is an array literal already made (array-literal.ts).
    serialize: (value) => (Array.isArray(value) ? arrayLiteral(value.map(element)) : String(value)),
  };
}

const ARRAYS: Record<string, Codec> = Object.fromEntries(
  Object.entries(ELEMENTS).map(([name, type]) => [`${name}[]`, arrayCodec(type)]),
);

/**
 * How values travel, the same for hand-written SQL and for Drizzle:
 * - `timestamptz` comes back as Date; a Date or any string PostgreSQL reads goes in. ±infinity are
 *   DISTANT_PAST and DISTANT_FUTURE.
 * - `bigint` is a number both ways: our counts stay far below 2^53.
 * - `json` and `jsonb` come back parsed. An object or array goes in as it is; a string goes in as JSON
 *   text already made, so a bare JSON string must be given as `JSON.stringify(text)`.
 * - Arrays of the types above go in and come back plainly, with nulls in them too. The driver would ask each
 *   server for its array types as a connection opens, and holds the answer so loosely that a connection which
 *   ends just then ends the process (an unhandled rejection); these are told beforehand instead. An array of any
 *   other type comes back as the text PostgreSQL writes for it.
 */
export const VALUE_CODECS: Record<string, Codec> = {
  timestamp: { to: 1184, from: [1184], ...TIMESTAMP },
  count: { to: 20, from: [20], parse: Number, serialize: String },
  document: { to: 3802, from: [114, 3802], ...DOCUMENT },
  ...ARRAYS,
};

/**
 * The array type of a parameter whose elements the driver would take for the type of the whole, or
 * undefined where it asks the server instead.
 */
export function arrayOidOf(values: readonly unknown[]): number | undefined {
  const first = values[0];
  if (typeof first === 'boolean') return ELEMENTS.boolean.arrayOid;
  if (first instanceof Date) return ELEMENTS.timestamptz.arrayOid;
  if (first instanceof Uint8Array) return ELEMENTS.bytea.arrayOid;
  return undefined;
}
