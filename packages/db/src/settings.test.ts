import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDatabaseSettings } from './settings.js';

describe('readDatabaseSettings', () => {
  it('puts the data directory below the working directory unless told otherwise', () => {
    const unset = { databaseUrl: undefined, crashPlan: undefined };
    expect(readDatabaseSettings({})).toEqual({ dataDir: resolve('.outrider'), ...unset });
    expect(readDatabaseSettings({ OUTRIDER_DATA_DIR: '/srv/o' }).dataDir).toBe('/srv/o');
  });

  it('counts an empty variable as unset', () => {
    expect(readDatabaseSettings({ OUTRIDER_DATA_DIR: '', DATABASE_URL: '' })).toEqual(
      readDatabaseSettings({}),
    );
  });

  it('refuses a crash point that there is not', () => {
    expect(readDatabaseSettings({ OUTRIDER_CRASH_AT: 'in_migration' }).crashPlan).toEqual({
      point: 'in_migration',
      nth: 1,
    });
    expect(() => readDatabaseSettings({ OUTRIDER_CRASH_AT: 'somewhere' })).toThrow('OUTRIDER_CRASH_AT');
  });

  it('refuses a DATABASE_URL of another kind of server', () => {
    expect(() => readDatabaseSettings({ DATABASE_URL: 'mysql://h/d' })).toThrow('DATABASE_URL');
    expect(readDatabaseSettings({ DATABASE_URL: 'postgresql://h/d' }).databaseUrl).toBe('postgresql://h/d');
  });
});
