import { mkdtemp, rmdir, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { HealthCheck } from '@outrider/shared';

/** A crawl of a million pages takes some gigabytes. Bytes. */
const LITTLE_SPACE = 5 * 2 ** 30;
const NO_SPACE = 512 * 2 ** 20;

/** Examines the data directory: whether it can be used, who may read it, and how much its disk has left. Never throws. */
export async function examineDataDir(dataDir: string): Promise<HealthCheck[]> {
  return [await examineAccess(dataDir), await examineSpace(dataDir)];
}

async function examineAccess(dataDir: string): Promise<HealthCheck> {
  const name = 'data directory';
  try {
    const { mode } = await stat(dataDir);
    await rmdir(await mkdtemp(join(dataDir, '.probe-')));
    if ((mode & 0o002) !== 0) {
      const advice = `Others may replace what is in it: chmod o-w ${dataDir}`;
      return { name, status: 'warn', finding: `Everybody may write to ${dataDir}.`, advice };
    }
    return { name, status: 'ok', finding: `${dataDir} can be used.`, advice: null };
  } catch (error) {
    if (isMissing(error)) {
      return { name, status: 'ok', finding: `${dataDir} is made at the first start.`, advice: null };
    }
    const reason = error instanceof Error ? error.message : String(error);
    const advice = 'Run as its owner, or choose another folder with OUTRIDER_DATA_DIR.';
    return { name, status: 'fail', finding: `${dataDir} cannot be used: ${reason}`, advice };
  }
}

async function examineSpace(dataDir: string): Promise<HealthCheck> {
  const name = 'disk space';
  try {
    const { bavail, bsize } = await statfs(await nearestFolder(dataDir));
    const free = bavail * bsize;
    const finding = `${(free / 2 ** 30).toFixed(1)} GiB are free there.`;
    if (free >= LITTLE_SPACE) return { name, status: 'ok', finding, advice: null };
    const advice = 'Free space, keep fewer executions (OUTRIDER_KEEP_EXECUTIONS), or choose another disk.';
    return { name, status: free < NO_SPACE ? 'fail' : 'warn', finding, advice };
  } catch (error) {
    const finding = error instanceof Error ? error.message : String(error);
    return { name, status: 'warn', finding, advice: 'Look at it by hand: df.' };
  }
}

/** The folder itself, or the nearest one above it that is there. */
async function nearestFolder(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error;
    return nearestFolder(dirname(path));
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
