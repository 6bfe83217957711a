import { execFileSync } from 'node:child_process';
import { chown, mkdtemp, open, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAs, type TestDatabase } from '@outrider/db/testing';

/** A file system of a fixed size in memory, to be filled up. */
export interface SmallDisk {
  readonly path: string;
  /** Takes what is left of it, down to the last block. */
  fill(): Promise<void>;
  /** Gives that back. */
  free(): Promise<void>;
  /** Takes it down; nothing may use it any more. */
  remove(): Promise<void>;
}

/** Mounts a tmpfs, which needs root and the right to mount. Throws with what `mount` said where that is missing. */
export async function mountSmallDisk(megabytes: number): Promise<SmallDisk> {
  const path = await mkdtemp(join(tmpdir(), 'outrider-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
  const ballast = join(path, 'ballast');
  return {
    path,
    async fill() {
      const file = await open(ballast, 'w');
      try {
        const { bavail, bsize } = await statfs(path);
        await file.write(Buffer.alloc(bsize));
        const block = Buffer.alloc(1_048_576);
        for (let left = bavail * bsize; left > 0; left -= block.length) await file.write(block);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      } finally {
        await file.close();
      }
    },
    free: () => rm(ballast, { force: true }),
    async remove() {
      execFileSync('umount', [path]);
      await rm(path, { recursive: true });
    },
  };
}

/** A tablespace of the test server. */
export interface Tablespace {
  /** Moves a database there, with all its tables. Its sessions are ended. */
  take(db: TestDatabase): Promise<void>;
  /** Removes it; the database must be gone. */
  drop(): Promise<void>;
}

/**
 * Makes a folder a tablespace of the server, so that only the tables of one database share its fate: a server whose
 * log cannot be written stops altogether.
 */
export async function openTablespace(adminUrl: string, path: string): Promise<Tablespace> {
  const [row] = await runAs(
    adminUrl,
    (sql) => sql<{ dir: string }[]>`select current_setting('data_directory') as dir`,
  );
  const { uid, gid } = await stat(row?.dir ?? '/');
  await chown(path, uid, gid);
  const name = `small_${process.pid}_${Date.now()}`;
  await runAs(adminUrl, (sql) => sql.unsafe(`create tablespace ${name} location '${path}'`));
  return {
    async take(db) {
      const database = new URL(db.url).pathname.slice(1);
      await Promise.all([db.terminateSessions('test app'), db.terminateSessions('test system')]);
      await runAs(adminUrl, (sql) => sql.unsafe(`alter database ${database} set tablespace ${name}`));
    },
    drop: () => runAs(adminUrl, (sql) => sql.unsafe(`drop tablespace ${name}`)).then(() => undefined),
  };
}
