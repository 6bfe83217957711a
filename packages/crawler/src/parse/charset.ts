import iconv from 'iconv-lite';
import { charsetFromContent, prescanCharset } from './meta-prescan.js';

/** How a document's bytes become text, and on whose word. */
export interface PageCharset {
  /** The encoding used, by its WHATWG name: `utf-8`, `windows-1252`, `shift_jis`. */
  readonly name: string;
  readonly source: 'bom' | 'header' | 'meta' | 'default';
}

/** Bytes to look at before the encoding is settled (HTML standard, 13.2.3.2). */
export const CHARSET_PRESCAN_BYTES = 1_024;

/**
 * Settles a document's encoding from its first bytes: byte order mark, then the `charset` of Content-Type,
 * then a `meta` element within the first 1,024 bytes, then UTF-8. A label that names no supported encoding
 * counts as absent.
 */
export function decideCharset(head: Uint8Array, contentType: string | null): PageCharset {
  const bom = charsetFromBom(head);
  if (bom !== null) return { name: bom, source: 'bom' };
  const declared = contentType === null ? null : charsetFromContent(contentType);
  const header = declared === null ? null : encodingName(declared);
  if (header !== null) return { name: header, source: 'header' };
  const label = prescanCharset(head.subarray(0, CHARSET_PRESCAN_BYTES));
  const meta = label === null ? null : encodingName(label);
  // A page that could be read this far is not UTF-16, whatever it says (HTML standard, prescan step 4).
  if (meta !== null) return { name: meta.startsWith('utf-16') ? 'utf-8' : meta, source: 'meta' };
  return { name: 'utf-8', source: 'default' };
}

/** Length in bytes of the byte order mark that stands for `name` at the start of `head`, else 0. */
export function bomLength(head: Uint8Array, name: string): number {
  if (charsetFromBom(head) !== name) return 0;
  return name === 'utf-8' ? 3 : 2;
}

function charsetFromBom(head: Uint8Array): string | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return null;
}

const names = new Map<string, string | null>();
const MAX_NAMES = 1_000;

/** The WHATWG encoding a label stands for (`latin1` is `windows-1252`), null when there is none. */
function encodingName(label: string): string | null {
  const known = names.get(label);
  if (known !== undefined) return known;
  if (names.size >= MAX_NAMES) names.clear();
  const name = lookUp(label);
  names.set(label, name);
  return name;
}

function lookUp(label: string): string | null {
  const trimmed = label.trim().toLowerCase();
  try {
    return new TextDecoder(trimmed).encoding;
  } catch {
    // Node's table leaves out a few WHATWG names; those that iconv-lite has under the same name are used.
    if (trimmed === 'x-user-defined') return 'windows-1252';
    return /^iso-8859-\d+$/.test(trimmed) && iconv.encodingExists(trimmed) ? trimmed : null;
  }
}
