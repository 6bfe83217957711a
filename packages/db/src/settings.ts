import { resolve } from 'node:path';
import { SETTINGS, type Settings } from '@outrider/shared';

/** What the database process reads from its environment. */
export interface DatabaseSettings {
  /** OUTRIDER_DATA_DIR, default `.outrider` in the working directory; absolute. */
  readonly dataDir: string;
  /** DATABASE_URL: an outside server to use instead of the embedded one. */
  readonly databaseUrl: string | undefined;
  /** OUTRIDER_CRASH_AT, for fault tests. */
  readonly crashPlan: Settings['OUTRIDER_CRASH_AT'];
}

/** A setting that cannot be used; the message names its variable. */
export class DatabaseSettingError extends Error {
  override readonly name = 'DatabaseSettingError';
  readonly code = 'database_setting_invalid';
}

/** Reads and checks the settings. An empty variable counts as unset. Throws DatabaseSettingError. */
export function readDatabaseSettings(env: NodeJS.ProcessEnv = process.env): DatabaseSettings {
  const databaseUrl = env['DATABASE_URL'] || undefined;
  if (databaseUrl !== undefined && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    throw new DatabaseSettingError('DATABASE_URL must start with postgres:// or postgresql://.');
  }
  const crashPlan = SETTINGS.OUTRIDER_CRASH_AT.schema.safeParse(env['OUTRIDER_CRASH_AT'] || undefined);
  if (!crashPlan.success) throw new DatabaseSettingError('OUTRIDER_CRASH_AT names no crash point.');
  const dataDir = resolve(env['OUTRIDER_DATA_DIR'] || '.outrider');
  return Object.freeze({ dataDir, databaseUrl, crashPlan: crashPlan.data });
}
