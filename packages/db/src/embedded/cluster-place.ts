import { createHash, randomUUID } from 'node:crypto';
import { chmod, chown, cp, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError, systemErrorCode } from './embedded-postgres-error.js';
import { binariesIn, type PostgresBinaries } from './postgres-binaries.js';
import { type Account, runCommand } from './run-command.js';
import { serviceAccount } from './service-account.js';

/** Where the database files lie, which binaries serve them, and under which account. */
export interface ClusterPlace {
  /** Directory owned by `account`, holding the cluster in `data`. */
  readonly home: string;
  readonly binaries: PostgresBinaries;
  /** Undefined: our own account. */
  readonly account: Account | undefined;
}

const defaultSharedRoot = '/var/lib/outrider';
const noteName = 'postgres-location.txt';

/**
 * Decides where the cluster of a data directory lies: in `<dataDir>/postgres`; except when we are root,
 * and the account that PostgreSQL then runs as cannot reach that (say, below /root, mode 700). Then it
 * lies in `<sharedRoot>/<hash of the data directory's path>`, and a note in the data directory says so.
 * Binaries out of that account's reach are copied to `<sharedRoot>/postgresql-<version>`, once for all data
 * directories. `dataDir` must be a real path. Throws `data_dir_moved`, `data_dir_unusable`.
 */
export async function placeCluster(
  dataDir: string,
  binaries: PostgresBinaries,
  sharedRoot: string = defaultSharedRoot,
): Promise<ClusterPlace> {
  const local = join(dataDir, 'postgres');
  const outside = join(sharedRoot, createHash('sha256').update(dataDir).digest('hex').slice(0, 16));
  const noted = await readNote(dataDir);
  if (noted !== null && noted !== outside) throw moved(dataDir, noted, outside);
  if (process.geteuid?.() !== 0) {
    if (noted !== null) throw unreachable(dataDir, 'root has set it up; run as root');
    await mkdir(local, { recursive: true, mode: 0o700 });
    return { home: local, binaries, account: undefined };
  }
  const account = (await ownerOfCluster(noted ?? local)) ?? (await serviceAccount());
  const home = await placeAsRoot({ dataDir, local, outside, noted, sharedRoot }, account);
  return { home, binaries: await reachableBinaries(binaries, account, sharedRoot), account };
}

interface Choice {
  readonly dataDir: string;
  readonly local: string;
  readonly outside: string;
  readonly noted: string | null;
  readonly sharedRoot: string;
}

async function placeAsRoot(choice: Choice, account: Account): Promise<string> {
  const { dataDir, local, outside, noted } = choice;
  if (noted === null) {
    await makeOwned(local, account);
    if (await passes(account, 'test -w "$1" && test -x "$1"', local)) return local;
    if ((await ownerOfCluster(local)) !== null) {
      throw unreachable(dataDir, `user ${account.uid}, who owns the database in it, cannot reach it`);
    }
    await rm(local, { recursive: true, force: true });
    await writeFile(join(dataDir, noteName), noteText(outside), { mode: 0o644 });
  }
  await makeReadable(choice.sharedRoot);
  await makeOwned(outside, account);
  return outside;
}

async function makeOwned(directory: string, account: Account): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chown(directory, account.uid, account.gid);
}

/** Explicit mode: a strict umask of root must not close it to the account. */
async function makeReadable(sharedRoot: string): Promise<void> {
  await mkdir(sharedRoot, { recursive: true });
  await chmod(sharedRoot, 0o755);
}

/** Who owns an existing cluster: it goes on under that account, whoever made it. Null: none, or root's. */
async function ownerOfCluster(home: string): Promise<Account | null> {
  try {
    const { uid, gid } = await stat(join(home, 'data'));
    return uid === 0 ? null : { uid, gid };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Asks the system, as that account, rather than reading mode bits: that counts in ACLs and mount options. */
async function passes(account: Account, test: string, ...paths: readonly string[]): Promise<boolean> {
  return (await runCommand('/bin/sh', ['-c', test, 'sh', ...paths], account)).code === 0;
}

async function reachableBinaries(
  binaries: PostgresBinaries,
  account: Account,
  sharedRoot: string,
): Promise<PostgresBinaries> {
  const test =
    'test -x "$1/bin/postgres" && test -x "$1/bin/initdb" && test -r "$1/share" && test -r "$1/lib"';
  if (await passes(account, test, binaries.root)) return binaries;
  const root = join(sharedRoot, `postgresql-${binaries.packageVersion}`);
  if (!(await passes(account, test, root))) {
    await makeReadable(sharedRoot);
    await copyBinaries(binaries.root, root);
  }
  return binariesIn(root, binaries.packageVersion);
}

/** Copies beside the target and renames, so that no one ever runs half a copy. */
async function copyBinaries(from: string, to: string): Promise<void> {
  const draft = `${to}.${randomUUID()}`;
  try {
    await cp(from, draft, { recursive: true, verbatimSymlinks: true });
    await runCommand('chmod', ['-R', 'a+rX', draft]);
    await rename(draft, to);
  } catch (error) {
    // Another process has just put the same copy there.
    const code = systemErrorCode(error);
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function noteText(outside: string): string {
  return (
    `${outside}\n\nThe database of this data directory lies in the directory named above, because PostgreSQL\n` +
    'does not run as root, and the account it runs under cannot reach this directory.\n' +
    'Whoever deletes this directory should delete that one too.\n'
  );
}

async function readNote(dataDir: string): Promise<string | null> {
  try {
    return (await readFile(join(dataDir, noteName), 'utf8')).split('\n')[0] ?? null;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function moved(dataDir: string, noted: string, expected: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'data_dir_moved',
    `The data directory ${dataDir} was moved or copied, but its database lies in ${noted}, which belongs to ` +
      `the former path. Move the data directory back; or, if the former one is gone, rename ${noted} to ` +
      `${expected} and write that path on the first line of ${join(dataDir, noteName)}.`,
  );
}

function unreachable(dataDir: string, why: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'data_dir_unusable',
    `The database of the data directory ${dataDir} cannot be reached: ${why}, or choose another directory ` +
      'with OUTRIDER_DATA_DIR.',
  );
}
