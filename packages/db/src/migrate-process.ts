// Brings the schema of DATABASE_URL up to date and ends: `outrider migrate`. Says with one line of JSON on
// standard output what it did, {"applied":[…]}, or why it could not, {"error":{code,message}} with exit code 1.
import { createCrashAt } from '@outrider/shared';
import { runMigrations } from './migrate/run-migrations.js';
import { DatabaseSettingError, readDatabaseSettings } from './settings.js';

async function migrate(): Promise<{ applied: string[] }> {
  const { databaseUrl, crashPlan } = readDatabaseSettings();
  if (databaseUrl === undefined) throw new DatabaseSettingError('DATABASE_URL must be set.');
  return runMigrations({ adminUrl: databaseUrl, crashAt: createCrashAt(crashPlan) });
}

function describe(error: unknown): { error: { code: string; message: string } } {
  const code = error instanceof DatabaseSettingError ? error.code : 'migration_failed';
  return { error: { code, message: error instanceof Error ? error.message : String(error) } };
}

process.exitCode = await migrate().then(
  (result) => {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return 0;
  },
  (error: unknown) => {
    process.stdout.write(`${JSON.stringify(describe(error))}\n`);
    return 1;
  },
);
