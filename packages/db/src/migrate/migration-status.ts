import type { RawSql } from '../connect/connection.js';
import { type Migration, readMigrations } from './migration-files.js';
import { type MigrationTarget, withMigrationSession } from './migration-session.js';

export interface MigrationStatus {
  /** In the order they were applied. */
  readonly applied: readonly { readonly name: string; readonly appliedAt: Date }[];
  readonly pending: readonly string[];
  /** Applied, but their file has changed since. */
  readonly changed: readonly string[];
  /** Applied by a newer version: this one has no such file. */
  readonly unknown: readonly string[];
}

export interface LedgerRow {
  readonly name: string;
  readonly checksum: string;
  readonly applied_at: Date;
}

export async function readLedger(sql: RawSql): Promise<LedgerRow[]> {
  return sql<LedgerRow[]>`select name, checksum, applied_at from schema_migrations order by name`;
}

/** Compares what the database says was applied with the files; pure. */
export function compareMigrations(
  files: readonly Migration[],
  ledger: readonly LedgerRow[],
): MigrationStatus {
  const byName = new Map(ledger.map((row) => [row.name, row]));
  const fileNames = new Set(files.map((file) => file.name));
  return {
    applied: ledger.map((row) => ({ name: row.name, appliedAt: row.applied_at })),
    pending: files.filter((file) => !byName.has(file.name)).map((file) => file.name),
    changed: files
      .filter((file) => byName.has(file.name) && byName.get(file.name)?.checksum !== file.checksum)
      .map((file) => file.name),
    unknown: ledger.filter((row) => !fileNames.has(row.name)).map((row) => row.name),
  };
}

/** What is applied and what is not, as the schema's owner sees it. */
export async function migrationStatus(target: MigrationTarget): Promise<MigrationStatus> {
  const files = await readMigrations(target.directory);
  return withMigrationSession(target, async (sql) => compareMigrations(files, await readLedger(sql)));
}
