import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from '../program/cli-error.js';

/** Makes the data directory and its folder of logs. Throws CliError when they cannot be made. */
export async function prepareDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(join(dataDir, 'logs'), { recursive: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(
      'failed',
      `The data directory ${dataDir} cannot be used (${reason}). Choose another with OUTRIDER_DATA_DIR.`,
    );
  }
}
