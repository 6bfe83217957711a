/** Bytes looked at, of a body whose type is in doubt. The standard reads 1,445; markup and signatures come first. */
export const SNIFF_BYTES = 512;

/**
 * Signatures of binary formats (MIME Sniffing standard, sections 6 and 7.1), with the offset they stand at and what
 * the bytes begin with then. Where a text might begin so, more is asked for than the standard does.
 */
const SIGNATURES: readonly (readonly [type: string, bytes: string, offset?: number, begins?: string])[] = [
  ['application/pdf', '%PDF-'],
  ['application/postscript', '%!PS-Adobe-'],
  ['image/png', '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/gif', 'GIF87a'],
  ['image/gif', 'GIF89a'],
  ['image/webp', 'WEBPVP', 8, 'RIFF'],
  ['image/x-icon', '\0\0\x01\0'],
  // The size of the box comes first, and none is as large as four letters make it.
  ['video/mp4', 'ftyp', 4, '\0\0'],
  ['video/webm', '\x1a\x45\xdf\xa3'],
  ['video/avi', 'AVI ', 8, 'RIFF'],
  ['audio/wave', 'WAVE', 8, 'RIFF'],
  ['audio/mpeg', 'ID3\x02'],
  ['audio/mpeg', 'ID3\x03'],
  ['audio/mpeg', 'ID3\x04'],
  ['application/ogg', 'OggS\0'],
  ['audio/midi', 'MThd\0\0\0\x06'],
  ['audio/aiff', 'AIFF', 8, 'FORM'],
  ['application/x-gzip', '\x1f\x8b\x08'],
  ['application/zip', 'PK\x03\x04'],
  ['application/x-rar-compressed', 'Rar!\x1a\x07'],
  ['application/x-7z-compressed', '7z\xbc\xaf\x27\x1c'],
  ['font/woff2', 'wOF2'],
  ['font/woff', 'wOFF'],
  ['application/wasm', '\0asm'],
];

/** What a document without a type may begin with to be taken for HTML, each ended by a space or `>`. */
const HTML_START =
  /^[\t\n\f\r ]*<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)[ >]|^[\t\n\f\r ]*<!--/i;
const XML_START = /^[\t\n\f\r ]*<\?xml/;
/** "Binary data bytes": no text in an encoding of ASCII's family holds them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const BINARY = /[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]/;

/** The binary format that bytes are by their signature, or null. Costs one comparison for anything like markup. */
export function binaryType(head: Uint8Array): string | null {
  const first = head[0] ?? 0x3c;
  if (first === 0x3c || first === 0x20 || (first >= 0x09 && first <= 0x0d)) return null;
  const text = latin1(head, 16);
  for (const [type, bytes, offset = 0, begins = ''] of SIGNATURES) {
    if (text.startsWith(bytes, offset) && text.startsWith(begins)) return type;
  }
  return null;
}

/**
 * The type of a body whose server named none, from its first bytes (MIME Sniffing standard, 7.1, "unknown MIME
 * type"). @param scriptable False where the server forbids sniffing: what runs scripts is not found then.
 */
export function sniffType(head: Uint8Array, scriptable: boolean): string {
  const text = latin1(head, SNIFF_BYTES);
  if (scriptable && HTML_START.test(text)) return 'text/html';
  if (scriptable && XML_START.test(text)) return 'text/xml';
  const binary = binaryType(head);
  if (binary !== null) return binary;
  const marked =
    text.startsWith('\xef\xbb\xbf') || text.startsWith('\xfe\xff') || text.startsWith('\xff\xfe');
  return marked || !BINARY.test(text) ? 'text/plain' : 'application/octet-stream';
}

function latin1(bytes: Uint8Array, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(length, bytes.byteLength)).toString('latin1');
}
