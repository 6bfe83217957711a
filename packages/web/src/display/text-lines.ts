/** A line of a text area that says something. */
export interface TextLine {
  /** Where it stands, from 1 on, empty lines counted. */
  readonly number: number;
  readonly text: string;
}

/** Lines of a text area, without empty ones and the space around them. */
export function textLinesOf(text: string): TextLine[] {
  return text
    .split(/\r?\n/)
    .map((line, place) => ({ number: place + 1, text: line.trim() }))
    .filter((line) => line.text !== '');
}

/** What they say. */
export function linesOf(text: string): string[] {
  return textLinesOf(text).map((line) => line.text);
}
