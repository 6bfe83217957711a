import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from './embedded-postgres-error.js';

/** What a running server tells about itself in `postmaster.pid`. */
interface PostmasterFile {
  readonly pid: number;
  /** True once connections are accepted, after any crash recovery. */
  readonly ready: boolean;
}

/** Path of the file; the server makes it when it starts and removes it when it stops in order. */
export function postmasterFilePath(clusterDir: string): string {
  return join(clusterDir, 'postmaster.pid');
}

/**
 * Reads `postmaster.pid`: the process number on line 1 and the state on line 8 (PostgreSQL,
 * `src/include/utils/pidfile.h`). Null when there is none, or only a half-written first line.
 */
export async function readPostmasterFile(clusterDir: string): Promise<PostmasterFile | null> {
  try {
    const lines = (await readFile(postmasterFilePath(clusterDir), 'utf8')).split('\n');
    const pid = Number(lines[0]);
    if (!Number.isInteger(pid) || pid <= 0) return null;
    return { pid, ready: lines[7]?.trim() === 'ready' };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
