/**
 * What can go wrong with the embedded PostgreSQL. Each message says what to do next.
 *
 * - `embedded_postgres_unavailable`: no binaries for this platform, or they do not run here
 * - `embedded_postgres_failed`: PostgreSQL did not start, or ended while starting
 * - `data_dir_in_use`: another live process owns the data directory
 * - `data_dir_unusable`: the directory cannot be made, read, written or named
 * - `data_dir_moved`: the directory was moved away from a database kept elsewhere for it
 * - `data_dir_version_mismatch`: the data was written by another major version of PostgreSQL
 */
export type EmbeddedPostgresErrorCode =
  | 'embedded_postgres_unavailable'
  | 'embedded_postgres_failed'
  | 'data_dir_in_use'
  | 'data_dir_unusable'
  | 'data_dir_moved'
  | 'data_dir_version_mismatch';

export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';

  constructor(
    readonly code: EmbeddedPostgresErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const fileErrorReasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  ENAMETOOLONG: 'the path is too long',
  ENOTDIR: 'a part of the path is not a directory',
  EEXIST: 'a file of that name is in the way',
  ELOOP: 'too many symbolic links',
};

/** The `code` of a Node.js system error (`ENOENT`, …), or undefined for anything else. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Turns a file system error met in the data directory into `data_dir_unusable`; passes others on as they are. */
export function asDataDirError(error: unknown, dataDir: string): unknown {
  const reason = fileErrorReasons[systemErrorCode(error) ?? ''];
  if (reason === undefined) return error;
  const detail = error instanceof Error ? ` (${error.message})` : '';
  return new EmbeddedPostgresError(
    'data_dir_unusable',
    `The data directory ${dataDir} cannot be used: ${reason}${detail}. Choose another with OUTRIDER_DATA_DIR.`,
    { cause: error },
  );
}
