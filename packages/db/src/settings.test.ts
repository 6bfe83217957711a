import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDatabaseSettings } from './settings.js';

describe('readDatabaseSettings', () => {
  it('puts the data directory below the working directory unless told otherwise', () => {
    expect(readDatabaseSettings({})).toEqual({ dataDir: resolve('.outrider'), databaseUrl: undefined });
    expect(readDatabaseSettings({ OUTRIDER_DATA_DIR: '/srv/o' }).dataDir).toBe('/srv/o');
  });

  it('counts an empty variable as unset', () => {
    expect(readDatabaseSettings({ OUTRIDER_DATA_DIR: '', DATABASE_URL: '' })).toEqual(
      readDatabaseSettings({}),
    );
  });

  it('refuses a DATABASE_URL of another kind of server', () => {
    expect(() => readDatabaseSettings({ DATABASE_URL: 'mysql://h/d' })).toThrow('DATABASE_URL');
    expect(readDatabaseSettings({ DATABASE_URL: 'postgresql://h/d' }).databaseUrl).toBe('postgresql://h/d');
  });
});
