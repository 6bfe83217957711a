/** What an element of a bulk parameter may be. Text must be storable (see storable-text.ts). */
export type ArrayElement = string | number | boolean | null;

const QUOTED = /["\\]/;
const EACH_QUOTED = /["\\]/g;

/**
 * An array as PostgreSQL reads it (PostgreSQL, 8.15.2), for a parameter that is cast to its array type in
 * the statement. The driver makes the same text from an array, but with two replacements and a closure
 * per element, which was a tenth of a crawl's time.
 */
export function arrayLiteral(values: readonly ArrayElement[]): string {
  return `{${arrayElements(values)}}`;
}

/** What stands between the braces. Text without nulls and without anything to escape, the usual column, is one join. */
function arrayElements(values: readonly ArrayElement[]): string {
  if (values.length > 0 && values.every((value) => typeof value === 'string')) {
    const text = values.join('","');
    // Each separator brings two quotes; any more, or a backslash, come from the values.
    if (!text.includes('\\') && countQuotes(text) === 2 * (values.length - 1)) return `"${text}"`;
  }
  return values.map(elementLiteral).join(',');
}

function countQuotes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count += 1;
  return count;
}

function elementLiteral(value: ArrayElement): string {
  if (value === null) return 'null';
  if (typeof value !== 'string') return String(value);
  return QUOTED.test(value) ? `"${value.replace(EACH_QUOTED, '\\$&')}"` : `"${value}"`;
}

/** One column of many rows, as an array literal. */
export function columnLiteral<Row>(rows: readonly Row[], pick: (row: Row) => ArrayElement): string {
  return arrayLiteral(rows.map(pick));
}

/**
 * Texts of a bulk parameter that hold no control characters (JSON text never does), nulls among them, as one
 * text; `string_to_array($1, chr(31), '')` takes it apart. An array literal would have each quote of each JSON
 * text escaped, and read it back letter by letter.
 */
export function separatedTexts<Row>(rows: readonly Row[], pick: (row: Row) => string | null): string {
  return rows.map((row) => pick(row) ?? '').join('\u001f');
}
