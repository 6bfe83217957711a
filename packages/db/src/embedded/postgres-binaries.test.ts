import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { binariesIn, findPostgresBinaries, majorVersion } from './postgres-binaries.js';

describe('findPostgresBinaries', () => {
  it('finds binaries of PostgreSQL 18 that run on this machine', async () => {
    const binaries = await findPostgresBinaries();
    expect(binaries.packageVersion).toMatch(/^18\./);
    expect(await majorVersion(binaries)).toBe(18);
  });

  it.each(['sunos-x64', 'win32-x64'])('names DATABASE_URL as the way out on %s', async (platform) => {
    await expect(findPostgresBinaries(platform)).rejects.toMatchObject({
      code: 'embedded_postgres_unavailable',
      message: expect.stringContaining('DATABASE_URL'),
    });
  });

  it('names DATABASE_URL as the way out when the package of the platform is not installed', async () => {
    const other = process.platform === 'darwin' ? 'linux-ppc64' : 'darwin-arm64';
    await expect(findPostgresBinaries(other)).rejects.toMatchObject({
      code: 'embedded_postgres_unavailable',
      message: expect.stringContaining('DATABASE_URL'),
    });
  });
});

describe('majorVersion', () => {
  it('says that the database is unavailable when the binaries are of another system', async () => {
    const root = await mkdtemp(join(tmpdir(), 'outrider-binaries-'));
    await mkdir(join(root, 'bin'));
    const binaries = binariesIn(root, '18.0.0');
    const unavailable = {
      code: 'embedded_postgres_unavailable',
      message: expect.stringContaining('DATABASE_URL'),
    };
    await expect(majorVersion(binaries)).rejects.toMatchObject(unavailable);
    await writeFile(binaries.postgres, '#!/no/such/loader\n');
    await chmod(binaries.postgres, 0o755);
    await expect(majorVersion(binaries)).rejects.toMatchObject(unavailable);
    await rm(root, { recursive: true });
  });
});
