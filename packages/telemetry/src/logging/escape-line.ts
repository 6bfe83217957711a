/**
 * Characters above ASCII that a terminal acts on or that a reader takes for the end of a line: DEL and the C1
 * controls, of which U+009B begins a control sequence as ESC [ does (ECMA-48), U+2028 and U+2029, and
 * the marks that turn the direction of text, which make a URL look like another. JSON leaves them as they are.
 */
const ACTIVE = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** Escapes them in one line of JSON, where they can stand in strings alone: its meaning stays the same. */
export function escapeLine(line: string): string {
  return line.replace(ACTIVE, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
