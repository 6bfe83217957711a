import { chmod, mkdir, mkdtemp, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { placeCluster } from './cluster-place.js';
import { binariesIn, majorVersion, type PostgresBinaries } from './postgres-binaries.js';

// Root runs the server under another account, which some directories are closed to; anyone else runs it
// under his own. Each test says what holds for either.
const asRoot = process.geteuid?.() === 0;
const note = 'postgres-location.txt';

let open = '';
let closed = '';
let sharedRoot = '';
let binaries: PostgresBinaries;

beforeEach(async () => {
  open = await realpath(await mkdtemp(join(tmpdir(), 'outrider-place-')));
  await chmod(open, 0o755);
  closed = join(open, 'closed');
  sharedRoot = join(open, 'shared');
  await mkdir(join(open, 'data'));
  await mkdir(join(closed, 'data'), { recursive: true });
  await chmod(closed, 0o700);
  binaries = await fakeBinaries(join(open, 'postgresql'));
});

afterEach(() => rm(open, { recursive: true, force: true }));

async function fakeBinaries(root: string): Promise<PostgresBinaries> {
  const made = binariesIn(root, '18.0.0');
  for (const name of ['bin', 'lib', 'share']) await mkdir(join(root, name), { recursive: true });
  for (const program of [made.initdb, made.postgres]) {
    await writeFile(program, '#!/bin/sh\necho "postgres (PostgreSQL) 18.0"\n', { mode: 0o755 });
  }
  return made;
}

describe('placeCluster', () => {
  it('puts the database into the data directory, closed to other accounts', async () => {
    const place = await placeCluster(join(open, 'data'), binaries, sharedRoot);
    expect(place.home).toBe(join(open, 'data', 'postgres'));
    expect(place.binaries).toBe(binaries);
    const { mode, uid } = await stat(place.home);
    expect(mode & 0o777).toBe(0o700);
    expect(uid).toBe(asRoot ? place.account?.uid : process.getuid?.());
    expect(place.account?.uid).not.toBe(0);
  });

  it('puts it elsewhere, with a note, when the account of the server cannot reach the data directory', async () => {
    const dataDir = join(closed, 'data');
    const place = await placeCluster(dataDir, binaries, sharedRoot);
    expect(place.home.startsWith(asRoot ? sharedRoot : dataDir)).toBe(true);
    const noted = await readFile(join(dataDir, note), 'utf8').catch(() => place.home);
    expect(noted.split('\n')[0]).toBe(place.home);
    expect(await placeCluster(dataDir, binaries, sharedRoot)).toEqual(place);
  });

  it('copies binaries that the account of the server cannot reach', async () => {
    const hidden = await fakeBinaries(join(closed, 'postgresql'));
    const place = await placeCluster(join(open, 'data'), hidden, sharedRoot);
    expect(place.binaries.root).toBe(asRoot ? join(sharedRoot, 'postgresql-18.0.0') : hidden.root);
    expect(await majorVersion(place.binaries)).toBe(18);
    expect(await placeCluster(join(open, 'data'), hidden, sharedRoot)).toEqual(place);
  });

  it('goes on under the account that owns the database', async () => {
    const dataDir = join(open, 'data');
    const first = await placeCluster(dataDir, binaries, sharedRoot);
    await mkdir(join(first.home, 'data'));
    const owner = await stat(join(first.home, 'data'));
    const second = await placeCluster(dataDir, binaries, sharedRoot);
    expect(second.account?.uid ?? owner.uid).toBe(owner.uid === 0 ? first.account?.uid : owner.uid);
  });

  it('refuses a data directory that was moved away from its database', async () => {
    const dataDir = join(open, 'data');
    await writeFile(join(dataDir, note), `${join(sharedRoot, 'of-another-path')}\n`);
    const movedTo = join(open, 'moved');
    await rename(dataDir, movedTo);
    await expect(placeCluster(movedTo, binaries, sharedRoot)).rejects.toMatchObject({
      code: 'data_dir_moved',
      message: expect.stringContaining('of-another-path'),
    });
  });
});
