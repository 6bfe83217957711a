/** Finds the first character beyond Latin-1; at once where a string has one byte for each, since none of its can match. */
const BEYOND_LATIN1 = /[\u0100-\uffff]/;
/** An escape takes six characters where the character itself took two bytes: a fifth of them, and nothing is saved. */
const MOST_ESCAPED = 1 / 5;

const scratch = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * JSON text like JSON.stringify's, with what lies beyond Latin-1 written as `\uXXXX`, unless it is more than a fifth. V8
 * keeps a string in two bytes for each character as soon as one of them needs two, or comes from a text of which one did,
 * and so does all that is joined from it: a batch of pages took twice the memory for the sake of a few quotation marks.
 */
export function narrowJson(value: object): string {
  const text = JSON.stringify(value);
  const first = text.search(BEYOND_LATIN1);
  if (first < 0) return inOneByte(text);
  const escaped = escapeFrom(text, first);
  return escaped === null ? text : inOneByte(escaped);
}

/** The text with each character beyond Latin-1 escaped, or null when these are too many. */
function escapeFrom(text: string, first: number): string | null {
  const most = text.length * MOST_ESCAPED;
  let escaped = '';
  let from = 0;
  let count = 0;
  for (let at = first; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit <= 0xff) continue;
    count += 1;
    if (count > most) return null;
    escaped += `${text.slice(from, at)}\\u${unit.toString(16).padStart(4, '0')}`;
    from = at + 1;
  }
  return escaped + text.slice(from);
}

/** The same Latin-1 text, whatever V8 kept it in before. */
function inOneByte(text: string): string {
  if (text.length > scratch.length) return Buffer.from(text, 'latin1').toString('latin1');
  return scratch.toString('latin1', 0, scratch.write(text, 'latin1'));
}
