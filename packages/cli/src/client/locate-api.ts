import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPlatformFile } from '../platform/platform-file.js';
import { CliError } from '../program/cli-error.js';
import type { CliSettings } from '../settings.js';

/** Where the API keeps the first administrator's key. */
export const API_KEY_FILE = 'api-key';

/**
 * Where the API is: OUTRIDER_API_URL, else the platform that runs in the data directory, else this machine
 * at PORT.
 */
export async function locateApi({ settings, dataDir }: CliSettings): Promise<string> {
  if (settings.OUTRIDER_API_URL !== undefined) return settings.OUTRIDER_API_URL.replace(/\/+$/, '');
  const platform = await readPlatformFile(dataDir);
  return platform?.apiUrl ?? `http://127.0.0.1:${settings.PORT}`;
}

/** The key to call the API with: OUTRIDER_API_KEY, else the one kept in the data directory; null for none. */
export async function readApiKey({ settings, dataDir }: CliSettings): Promise<string | null> {
  if (settings.OUTRIDER_API_KEY !== undefined) return settings.OUTRIDER_API_KEY;
  try {
    const key = (await readFile(join(dataDir, API_KEY_FILE), 'utf8')).trim();
    return key === '' ? null : key;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new CliError(
      'refused',
      `The API key in ${join(dataDir, API_KEY_FILE)} cannot be read: ${String(error)}`,
    );
  }
}

/** As `readApiKey`, but throws CliError when there is none. */
export async function requireApiKey(settings: CliSettings): Promise<string> {
  const key = await readApiKey(settings);
  if (key !== null) return key;
  throw new CliError(
    'refused',
    `There is no API key: set OUTRIDER_API_KEY, or start the platform with \`${settings.programName} up\`, ` +
      `which keeps one in ${join(settings.dataDir, API_KEY_FILE)}.`,
  );
}
