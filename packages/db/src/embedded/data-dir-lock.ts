import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError, systemErrorCode } from './embedded-postgres-error.js';
import { processIdentity } from './process-identity.js';

const lockFileName = 'outrider.lock';

export interface DataDirLock {
  /** True when the lock of a dead process was replaced: its run was not ended in order. */
  readonly replacedStale: boolean;
  release(): Promise<void>;
}

/**
 * Takes `outrider.lock` in the data directory for this process. Throws `data_dir_in_use`, naming the
 * process, when a live one holds it; this process may be that one.
 *
 * The lock names its holder by process number and start time, since a number alone may be recycled.
 */
export async function acquireDataDirLock(dataDir: string): Promise<DataDirLock> {
  const path = join(dataDir, lockFileName);
  const own = `${process.pid}\n${await processIdentity(process.pid)}\n${randomUUID()}\n`;
  let replacedStale = false;
  for (let attempt = 0; attempt < 50; attempt += 1) {
    if (await createFile(path, own)) return { replacedStale, release: () => removeIfStill(path, own) };
    const found = await readIfThere(path);
    if (found === null) continue;
    const pid = await liveHolder(found);
    if (pid !== null) throw inUse(dataDir, pid);
    replacedStale = (await removeStale(path, found, own)) || replacedStale;
  }
  throw new EmbeddedPostgresError(
    'data_dir_in_use',
    `The data directory ${dataDir} is being taken by several processes at once. Try again.`,
  );
}

function inUse(dataDir: string, pid: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'data_dir_in_use',
    `The data directory ${dataDir} is in use by process ${pid}. Stop that process (kill ${pid}), ` +
      'or choose another directory with OUTRIDER_DATA_DIR.',
  );
}

/** Creates the file with its whole content in one step (a reader never sees half of it); false when it exists. */
async function createFile(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, content, { flag: 'wx', mode: 0o644 });
    await link(draft, path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** The process that wrote the lock, if it lives. A lock that cannot be read as one counts as left behind. */
async function liveHolder(content: string): Promise<number | null> {
  const [pidText = '', identity] = content.split('\n');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return (await processIdentity(pid)) === identity ? pid : null;
}

/**
 * Removes a dead holder's lock. Two processes may find it at once, and the slower must not remove the
 * lock that the faster has just made: so both must first hold a second lock, and look again.
 */
async function removeStale(path: string, stale: string, own: string): Promise<boolean> {
  const takeover = `${path}.takeover`;
  if (!(await createFile(takeover, own))) {
    const other = await readIfThere(takeover);
    if (other !== null && (await liveHolder(other)) === null) await removeIfStill(takeover, other);
    await sleep(20);
    return false;
  }
  try {
    await removeIfStill(path, stale);
    return true;
  } finally {
    await rm(takeover, { force: true });
  }
}

async function removeIfStill(path: string, content: string): Promise<void> {
  if ((await readIfThere(path)) === content) await rm(path, { force: true });
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
