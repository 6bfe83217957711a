import { chmod, chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareDataDir } from './prepare-data-dir.js';

const NOBODY = 65_534;
let dataDir = '';

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'outrider-data-'));
});

afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** Prepares as an ordinary user, since root may write everywhere. Resolves to the failure, null for none. */
async function prepareAsUser(): Promise<unknown> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    return await prepareDataDir(dataDir).then(
      () => null,
      (error: unknown) => error,
    );
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe('prepareDataDir', () => {
  it('makes the folders and leaves nothing else in them', async () => {
    await prepareDataDir(join(dataDir, 'a', 'b'));
    await prepareDataDir(join(dataDir, 'a', 'b'));
    expect(await readdir(join(dataDir, 'a', 'b'))).toEqual(['logs']);
    expect(await readdir(join(dataDir, 'a', 'b', 'logs'))).toEqual([]);
  });

  it('names a folder that cannot be written, and what to do', async () => {
    await mkdir(join(dataDir, 'logs'));
    await chmod(dataDir, 0o555);
    const failure = await prepareAsUser();
    await chmod(dataDir, 0o755);
    expect(failure).toMatchObject({ name: 'CliError', exit: 'failed' });
    expect(String(failure)).toContain(`The data directory ${dataDir} cannot be used (EACCES`);
    expect(String(failure)).toContain(
      process.geteuid?.() === 0
        ? `It belongs to user 0, and you are user ${NOBODY}. Run as that user, or choose another folder with`
        : 'Choose another folder with OUTRIDER_DATA_DIR.',
    );
  });

  it("names another user's log", async () => {
    await mkdir(join(dataDir, 'logs'));
    const log = join(dataDir, 'logs', 'database.log');
    await writeFile(log, '');
    await chmod(log, 0o400);
    if (process.geteuid?.() === 0) {
      await chown(dataDir, NOBODY, NOBODY);
      await chown(join(dataDir, 'logs'), NOBODY, NOBODY);
    }
    const failure = await prepareAsUser();
    expect(failure).toMatchObject({ name: 'CliError', exit: 'failed' });
    expect(String(failure)).toContain(log);
  });
});
