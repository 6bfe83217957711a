import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Database,
  ensureTenant,
  findApiKey,
  hasUsableAdminKey,
  insertApiKey,
  type Tx,
} from '@outrider/db';
import { newId, OutriderError } from '@outrider/shared';
import { type FreshKey, type KeyParts, makeKey, parseKey, parseOperatorKey } from './key-format.js';

/** The file in the data folder that holds the first key; the command line reads it. */
export const KEY_FILE = 'api-key';
/** The tenant that runs the platform: its administrators set the quotas of all. */
export const FIRST_TENANT = 'default';

export interface FirstAdministratorOptions {
  readonly system: Database;
  /** The setting OUTRIDER_API_KEY. */
  readonly operatorKey?: string | undefined;
  readonly dataDir: string;
  /** Shows the key that was made to a person, once. */
  readonly announce: (key: string, file: string) => void;
}

/**
 * Makes sure that somebody can use the platform: the tenant `default` has an admin key. With
 * OUTRIDER_API_KEY that is the key. Without, the first start makes one, writes it to `api-key` in the data
 * folder, readable by its owner alone, and announces it; later starts change nothing. Safe when several
 * processes start at once.
 *
 * Throws `invalid_settings` for an OUTRIDER_API_KEY that is too weak, or revoked.
 */
export async function ensureFirstAdministrator(options: FirstAdministratorOptions): Promise<void> {
  const { system, operatorKey } = options;
  const made = await system.withSystem(async (tx) => {
    const tenantId = await ensureTenant(tx, FIRST_TENANT);
    if (operatorKey !== undefined) {
      await storeOperatorKey(tx, tenantId, operatorKey);
      return null;
    }
    // Of two processes at once, the second waits here and then sees the first one's key.
    if (await hasUsableAdminKey(tx, tenantId)) return null;
    return await storeFirstKey(tx, tenantId, options.dataDir);
  });
  if (made !== null) options.announce(made.text, join(options.dataDir, KEY_FILE));
}

async function storeOperatorKey(tx: Tx, tenantId: string, text: string): Promise<void> {
  const parts = parseOperatorKey(text);
  if (parts === null) {
    throw new OutriderError(
      'invalid_settings',
      'OUTRIDER_API_KEY must be a key that Outrider made, or at least 32 random characters of A-Z a-z 0-9 . _ ~ + / -, for example from `openssl rand -hex 24`.',
    );
  }
  await storeKey(tx, tenantId, parts, 'OUTRIDER_API_KEY');
  const stored = await findApiKey(tx, parts.publicId);
  if (stored === null || !stored.usable || !stored.secretHash.equals(parts.hash)) {
    throw new OutriderError(
      'invalid_settings',
      'OUTRIDER_API_KEY was revoked, or has expired. Set another one.',
    );
  }
}

/** The file is written before the key is committed: a key that nobody has would lock everybody out. */
async function storeFirstKey(tx: Tx, tenantId: string, dataDir: string): Promise<FreshKey | null> {
  const kept = await readKeyFile(dataDir);
  if (kept !== null) {
    await storeKey(tx, tenantId, kept, 'first administrator');
    return null;
  }
  const key = makeKey();
  await writeKeyFile(dataDir, key.text);
  await storeKey(tx, tenantId, key, 'first administrator');
  return key;
}

async function storeKey(tx: Tx, tenantId: string, parts: KeyParts, name: string): Promise<void> {
  await insertApiKey(tx, {
    id: newId(),
    tenantId,
    name,
    publicId: parts.publicId,
    environment: parts.environment,
    secretHash: parts.hash,
    lastFour: parts.lastFour,
    scope: 'admin',
    expiresAt: null,
  });
}

/** The key of an earlier start whose database is gone or was not committed, or null. */
async function readKeyFile(dataDir: string): Promise<KeyParts | null> {
  try {
    return parseKey((await readFile(join(dataDir, KEY_FILE), 'utf8')).trim());
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

async function writeKeyFile(dataDir: string, text: string): Promise<void> {
  const file = join(dataDir, KEY_FILE);
  await mkdir(dataDir, { recursive: true });
  await writeFile(`${file}.new`, `${text}\n`, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
}
