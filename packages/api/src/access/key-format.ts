import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** A key in its parts. `hash` is what the database keeps of it. */
export interface KeyParts {
  readonly publicId: string;
  readonly environment: string;
  readonly hash: Buffer;
  readonly lastFour: string;
}

/** A key that was just made: the one moment at which its text is known here. */
export interface FreshKey extends KeyParts {
  readonly text: string;
}

/** Where keys made here belong. A key that names another environment has another checksum and hash. */
const KEY_ENVIRONMENT = 'live';

const FORM = /crw_([a-z]{2,12})_([0-9a-f]{12})_([0-9a-f]{64})_([0-9a-f]{8})/;
const FORMAT = new RegExp(`^${FORM.source}$`);
/** Keys that an operator brings along (OUTRIDER_API_KEY): what a bearer token may contain (RFC 6750, section 2.1). */
const OPERATOR_FORMAT = /^[A-Za-z0-9._~+/-]{32,200}=*$/;

/**
 * Makes a key: `crw_<environment>_<public id>_<secret>_<checksum>`. The secret has 256 random bits, so a
 * plain SHA-256 of the key is enough to store. The prefix lets scanners find leaked keys; the checksum,
 * a CRC-32 of all before it, lets a mistyped one be refused without asking the database.
 */
export function makeKey(): FreshKey {
  const publicId = randomBytes(6).toString('hex');
  const body = `crw_${KEY_ENVIRONMENT}_${publicId}_${randomBytes(32).toString('hex')}`;
  const text = `${body}_${checksum(body)}`;
  return { text, publicId, environment: KEY_ENVIRONMENT, hash: hashKey(text), lastFour: text.slice(-4) };
}

/** The parts of a key of ours, or null for text that is none: wrong shape or wrong checksum. */
export function parseKey(text: string): KeyParts | null {
  const [, environment, publicId, , check] = FORMAT.exec(text) ?? [];
  if (environment === undefined || publicId === undefined || check === undefined) return null;
  if (checksum(text.slice(0, -9)) !== check) return null;
  return { publicId, environment, hash: hashKey(text), lastFour: text.slice(-4) };
}

/**
 * The parts of a key that the operator chose: one of ours, or any token of at least 32 characters.
 * Null for what is neither; whoever starts with `crw_` means one of ours.
 */
export function parseOperatorKey(text: string): KeyParts | null {
  if (text.startsWith('crw_')) return parseKey(text);
  if (!OPERATOR_FORMAT.test(text)) return null;
  const hash = hashKey(text);
  // A token without a public part needs one to be found by; a hash of the hash tells nothing of it.
  const publicId = createHash('sha256').update('public id').update(hash).digest('hex').slice(0, 12);
  return { publicId, environment: 'operator', hash, lastFour: text.slice(-4) };
}

/** Whether a key of ours stands anywhere in a text, mistyped or not. */
export function containsKey(text: string): boolean {
  return FORM.test(text);
}

/** SHA-256 of a key's text. */
export function hashKey(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

function checksum(body: string): string {
  return crc32(body).toString(16).padStart(8, '0');
}
