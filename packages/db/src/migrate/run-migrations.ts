import type { RawSql } from '../connect/connection.js';
import { type Migration, readMigrations } from './migration-files.js';
import { inTransaction, type MigrationTarget, withMigrationSession } from './migration-session.js';
import { compareMigrations, type MigrationStatus, readLedger } from './migration-status.js';

/** The applied migrations are not those of the files; running more on top would give an unknown schema. */
export class MigrationConflictError extends Error {
  override readonly name = 'MigrationConflictError';
}

function refuseConflicts({ changed, unknown, applied, pending }: MigrationStatus): void {
  if (changed.length > 0) {
    throw new MigrationConflictError(
      `already applied, but their files have changed since: ${changed.join(', ')}. Restore them and add a new migration.`,
    );
  }
  if (unknown.length > 0) {
    throw new MigrationConflictError(
      `applied by a newer version of Outrider: ${unknown.join(', ')}. Run that version, or roll these back with it.`,
    );
  }
  const last = applied.at(-1)?.name;
  const skipped = last === undefined ? [] : pending.filter((name) => name < last);
  if (skipped.length > 0) {
    throw new MigrationConflictError(
      `not applied, though later ones are: ${skipped.join(', ')}. Give them a later number.`,
    );
  }
}

async function apply(
  sql: RawSql,
  { name, up, checksum }: Migration,
  { crashAt }: MigrationTarget,
): Promise<void> {
  await inTransaction(sql, async () => {
    await sql.unsafe(up);
    crashAt?.('in_migration');
    await sql`insert into schema_migrations (name, checksum) values (${name}, ${checksum})`;
  });
}

/** Everybody may see which version the schema has, nobody but its owner may say so. */
async function grantReading(sql: RawSql): Promise<void> {
  await sql.unsafe('grant select on schema_migrations to outrider_app, outrider_system');
}

/**
 * Brings the schema up to date: each pending migration in a transaction of its own, in order. Safe to run
 * by several processes at once and again at any time. Throws a MigrationConflictError for a history that
 * does not fit the files, and the database's error for a migration that fails; those before it stay applied.
 */
export async function runMigrations(target: MigrationTarget): Promise<{ applied: string[] }> {
  const files = await readMigrations(target.directory);
  return withMigrationSession(target, async (sql) => {
    const status = compareMigrations(files, await readLedger(sql));
    refuseConflicts(status);
    const pending = files.filter((file) => status.pending.includes(file.name));
    for (const migration of pending) await apply(sql, migration, target);
    if (pending.length > 0) await grantReading(sql);
    return { applied: pending.map((migration) => migration.name) };
  });
}
