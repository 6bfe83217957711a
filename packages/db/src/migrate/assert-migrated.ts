import { OutriderError } from '@outrider/shared';
import type { Database } from '../connect/database.js';
import { readMigrations } from './migration-files.js';
import { compareMigrations, type LedgerRow } from './migration-status.js';

/** 42P01: no such table. 22023: no such role, which only the first migration makes. */
const NEVER_MIGRATED = new Set(['42P01', '22023']);

async function readLedgerAs(database: Database): Promise<readonly LedgerRow[]> {
  const readRows = database.role === 'outrider_system' ? database.withSystem : asNobody(database);
  try {
    return await readRows(
      (tx) => tx.sql<LedgerRow[]>`select name, checksum, applied_at from schema_migrations order by name`,
    );
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (NEVER_MIGRATED.has(code)) return [];
    throw error;
  }
}

/** The ledger belongs to no tenant, so any tenant id reads it. */
function asNobody(database: Database): Database['withSystem'] {
  return (work, options) => database.withTenant('00000000-0000-0000-0000-000000000000', work, options);
}

/**
 * Throws OutriderError('migrations_pending') unless the schema has all that this version was built for. What a newer
 * version has added is no obstacle: migrations only add, so that old and new processes can work side by side.
 */
export async function assertMigrated(database: Database, directory?: string): Promise<void> {
  const status = compareMigrations(await readMigrations(directory), await readLedgerAs(database));
  const problems = [
    status.pending.length > 0 ? `not applied: ${status.pending.join(', ')}` : [],
    status.changed.length > 0 ? `changed since they were applied: ${status.changed.join(', ')}` : [],
  ].flat();
  if (problems.length === 0) return;
  throw new OutriderError(
    'migrations_pending',
    `Migrations ${problems.join('; ')}. Run \`outrider migrate\` first.`,
  );
}
