import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databasePlaceOutside } from './database-place.js';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outrider-place-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('databasePlaceOutside', () => {
  it('is null for a database in the data directory, also when that is named by a link', async () => {
    const link = `${folder}-link`;
    await symlink(folder, link);
    const facts = { clusterDir: join(folder, 'postgres', 'data') };
    expect(await databasePlaceOutside(folder, facts)).toBeNull();
    expect(await databasePlaceOutside(link, facts)).toBeNull();
    await rm(link);
  });

  it('is null for an outside server', async () => {
    expect(await databasePlaceOutside(folder, { ready: true })).toBeNull();
  });

  it('is the folder of the database when that is outside, also beside one of the same beginning', async () => {
    const clusterDir = '/var/lib/outrider/0123456789abcdef/data';
    expect(await databasePlaceOutside(folder, { clusterDir })).toBe(clusterDir);
    expect(await databasePlaceOutside(folder, { clusterDir: `${folder}-2/data` })).toBe(`${folder}-2/data`);
  });
});
