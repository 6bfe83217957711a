import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterPlace } from './cluster-place.js';
import { EmbeddedPostgresError, systemErrorCode } from './embedded-postgres-error.js';
import { majorVersion } from './postgres-binaries.js';
import { runCommand } from './run-command.js';

/** A cluster that exists, with the password of its superuser `postgres`. */
export interface Cluster {
  readonly clusterDir: string;
  readonly password: string;
}

const passwordFileName = 'postgres-password';

/**
 * Makes the cluster on first use; later only checks it. The password is made once and kept in the data
 * directory, readable by its owner alone. With `durable` false the new files are not flushed to disk.
 * Throws `data_dir_version_mismatch`, `data_dir_unusable`, `embedded_postgres_failed`.
 */
export async function initCluster(dataDir: string, place: ClusterPlace, durable: boolean): Promise<Cluster> {
  const clusterDir = join(place.home, 'data');
  const [expected, found, password] = await Promise.all([
    majorVersion(place.binaries),
    readIfThere(join(clusterDir, 'PG_VERSION')),
    readIfThere(join(dataDir, passwordFileName)),
  ]);
  if (found === null) {
    const fresh = password ?? randomBytes(24).toString('base64url');
    if (password === null) await writeFile(join(dataDir, passwordFileName), fresh, { mode: 0o600 });
    await createCluster(place, clusterDir, fresh, durable);
    return { clusterDir, password: fresh };
  }
  if (found !== String(expected)) {
    throw new EmbeddedPostgresError(
      'data_dir_version_mismatch',
      `The database in ${clusterDir} was made by PostgreSQL ${found}, and this release of Outrider brings ` +
        `PostgreSQL ${expected}. Dump it with the release that made it and load it into a new data directory, ` +
        'or choose another directory with OUTRIDER_DATA_DIR.',
    );
  }
  if (password === null) {
    throw new EmbeddedPostgresError(
      'data_dir_unusable',
      `The database in ${clusterDir} is there, but its password file ${join(dataDir, passwordFileName)} is ` +
        'missing. Put the file back, or choose another directory with OUTRIDER_DATA_DIR.',
    );
  }
  return { clusterDir, password };
}

/** Made under another name and renamed when whole, so that a start cut short leaves nothing that looks like one. */
async function createCluster(
  place: ClusterPlace,
  clusterDir: string,
  password: string,
  durable: boolean,
): Promise<void> {
  for (const name of await readdir(place.home)) {
    if (/^(data|password)\.new-/.test(name)) {
      await rm(join(place.home, name), { recursive: true, force: true, maxRetries: 5 });
    }
  }
  const draft = `${clusterDir}.new-${process.pid}`;
  const passwordFile = join(place.home, `password.new-${process.pid}`);
  try {
    await writePasswordFor(place, passwordFile, password);
    const result = await runCommand(
      place.binaries.initdb,
      initdbArgs(draft, passwordFile, durable),
      place.account,
    );
    if (result.code !== 0) throw initdbFailed(result.stderr);
    await rename(draft, clusterDir);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * The built-in locale C.UTF-8 sorts by code point and knows the case of every letter, the same on every
 * system; the operating system's own locales may be missing, and change order with its updates.
 */
function initdbArgs(directory: string, passwordFile: string, durable: boolean): string[] {
  const args = ['-D', directory, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  args.push('--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
  return durable ? args : [...args, '--no-sync'];
}

/** A second, short-lived copy of the password that initdb's account can read. */
async function writePasswordFor(place: ClusterPlace, path: string, password: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(password);
    if (place.account !== undefined) await file.chown(place.account.uid, place.account.gid);
  } finally {
    await file.close();
  }
}

function initdbFailed(stderr: string): EmbeddedPostgresError {
  const lines = stderr.split('\n').filter((line) => /error|fatal|detail|could not/i.test(line));
  const detail = (lines.length > 0 ? lines.join(' ') : stderr).trim();
  return new EmbeddedPostgresError(
    'embedded_postgres_failed',
    `PostgreSQL could not set up its data directory: ${detail || 'initdb was interrupted'}`,
  );
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
