/** Controls that steer a terminal, and the marks that turn the direction of text around what follows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for.
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text from the web, made harmless for a terminal: a page must not move its cursor or rewrite its lines. */
export function printable(text: string): string {
  return text.replace(CONTROLS, '\u{fffd}');
}

/** As `printable`, cut to a width in characters. */
export function shortened(text: string, width: number): string {
  const clean = printable(text);
  return clean.length > width ? `${clean.slice(0, width - 1)}…` : clean;
}
