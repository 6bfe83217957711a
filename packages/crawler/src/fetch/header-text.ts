import { isAscii, isUtf8 } from 'node:buffer';

/**
 * Turns the bytes of a header value into valid text without NUL. HTTP says latin-1 (RFC 9110, section 5.5),
 * servers mostly mean UTF-8: bytes that are valid UTF-8 are read as such, others as latin-1.
 */
export function headerText(value: Buffer): string {
  if (isAscii(value)) return withoutNul(value.toString('latin1'));
  return withoutNul(isUtf8(value) ? value.toString('utf8') : value.toString('latin1'));
}

// PostgreSQL refuses U+0000 in text, and no header means anything by it.
function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}
