import { mkdir, mkdtemp, open, readdir, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from '../program/cli-error.js';

/**
 * Makes the data directory and its folder of logs, and tries whether both can be written, so that another
 * user's folder is named here and not by some process that fails in it. Throws CliError.
 */
export async function prepareDataDir(dataDir: string): Promise<void> {
  const logs = join(dataDir, 'logs');
  try {
    await mkdir(logs, { recursive: true });
    for (const folder of [dataDir, logs]) await tryFolder(folder);
    for (const name of await readdir(logs)) {
      if (name.endsWith('.log')) await tryFile(join(logs, name));
    }
  } catch (error) {
    throw new CliError('failed', await unusable(dataDir, error), { cause: error });
  }
}

/** By doing it: mode bits say nothing of ACLs and mounts. */
async function tryFolder(folder: string): Promise<void> {
  await rmdir(await mkdtemp(join(folder, '.probe-')));
}

async function tryFile(path: string): Promise<void> {
  await (await open(path, 'a')).close();
}

async function unusable(dataDir: string, error: unknown): Promise<string> {
  const reason = error instanceof Error ? error.message : String(error);
  const owner = await stat(dataDir).then(
    ({ uid }) => uid,
    () => null,
  );
  const ownUser = process.geteuid?.() ?? null;
  const isForeign = owner !== null && ownUser !== null && owner !== ownUser;
  const whose = isForeign ? ` It belongs to user ${owner}, and you are user ${ownUser}.` : '';
  const advice = isForeign
    ? 'Run as that user, or choose another folder with OUTRIDER_DATA_DIR.'
    : 'Choose another folder with OUTRIDER_DATA_DIR.';
  return `The data directory ${dataDir} cannot be used (${reason}).${whose} ${advice}`;
}
