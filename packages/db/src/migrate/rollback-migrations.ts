import type { RawSql } from '../connect/connection.js';
import { type Migration, readMigrations } from './migration-files.js';
import { inTransaction, type MigrationTarget, withMigrationSession } from './migration-session.js';
import { readLedger } from './migration-status.js';
import { MigrationConflictError } from './run-migrations.js';

async function undo(sql: RawSql, { name, down }: Migration): Promise<void> {
  await inTransaction(sql, async () => {
    await sql.unsafe(down);
    await sql`delete from schema_migrations where name = ${name}`;
  });
}

/**
 * Undoes migrations, latest first, until `to` is the last one applied; `null` undoes all. What they had
 * stored is gone. Throws a MigrationConflictError when `to` is not applied or a rollback is not among the files.
 */
export async function rollbackMigrations(
  target: MigrationTarget & { readonly to: string | null },
): Promise<{ rolledBack: string[] }> {
  const files = new Map((await readMigrations(target.directory)).map((file) => [file.name, file]));
  return withMigrationSession(target, async (sql) => {
    const applied = (await readLedger(sql)).map((row) => row.name);
    if (target.to !== null && !applied.includes(target.to)) {
      throw new MigrationConflictError(`${target.to} is not applied, so there is no way back to it.`);
    }
    const names = applied.filter((name) => target.to === null || name > target.to).reverse();
    for (const name of names) {
      const file = files.get(name);
      if (file === undefined) throw new MigrationConflictError(`there is no rollback for ${name} here.`);
      await undo(sql, file);
    }
    return { rolledBack: names };
  });
}
