import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The platform that runs in a data directory, as `platform.json` there names it. */
export interface PlatformFile {
  readonly apiUrl: string;
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
}

const FILE_NAME = 'platform.json';

/** The platform that runs in this data directory; null when there is none, or the one named there is dead. */
export async function readPlatformFile(dataDir: string): Promise<PlatformFile | null> {
  const file = await readFile(join(dataDir, FILE_NAME), 'utf8').then(parsePlatform, () => null);
  return file !== null && isAlive(file.pid) ? file : null;
}

/** Says where this platform is, in one step: a reader never sees half of it. */
export async function writePlatformFile(dataDir: string, file: PlatformFile): Promise<void> {
  const draft = join(dataDir, `${FILE_NAME}.${file.pid}`);
  await writeFile(draft, `${JSON.stringify(file, null, 2)}\n`);
  await rename(draft, join(dataDir, FILE_NAME));
}

/** Removes the file if it is still the one of this process. */
export async function removePlatformFile(dataDir: string, pid: number): Promise<void> {
  const path = join(dataDir, FILE_NAME);
  const file = await readFile(path, 'utf8').then(parsePlatform, () => null);
  if (file?.pid === pid) await rm(path, { force: true });
}

function parsePlatform(text: string): PlatformFile | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  if (!('apiUrl' in value) || !('pid' in value) || !('startedAt' in value)) return null;
  const { apiUrl, pid, startedAt } = value;
  if (typeof apiUrl !== 'string' || !URL.canParse(apiUrl)) return null;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid <= 0) return null;
  return { apiUrl, pid, startedAt: String(startedAt) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process is there but belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
