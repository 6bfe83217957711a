import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One step of the schema: `drizzle/<name>.up.sql` and the `<name>.down.sql` that undoes it. */
export interface Migration {
  readonly name: string;
  readonly up: string;
  readonly down: string;
  /** SHA-256 of the up file, in hex: an applied migration must never change. */
  readonly checksum: string;
}

/** `drizzle/` at the root of the repository; the same step up from `src/migrate` and `dist/migrate`. */
export const MIGRATIONS_DIRECTORY = fileURLToPath(new URL('../../../../drizzle', import.meta.url));

const UP_FILE = /^(\d{4}_[a-z0-9_]+)\.up\.sql$/;

async function readMigration(directory: string, name: string): Promise<Migration> {
  const [up, down] = await Promise.all([
    readFile(join(directory, `${name}.up.sql`), 'utf8'),
    readFile(join(directory, `${name}.down.sql`), 'utf8'),
  ]);
  return { name, up, down, checksum: createHash('sha256').update(up).digest('hex') };
}

/** Reads the migrations in order. Throws when one has no rollback, or when there are none at all. */
export async function readMigrations(directory: string = MIGRATIONS_DIRECTORY): Promise<Migration[]> {
  const names = (await readdir(directory)).flatMap((file) => UP_FILE.exec(file)?.[1] ?? []);
  if (names.length === 0) throw new Error(`there are no migrations in ${directory}`);
  return Promise.all(names.sort().map((name) => readMigration(directory, name)));
}
