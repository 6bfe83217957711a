import { DrizzleQueryError } from 'drizzle-orm/errors';

/** The connection to the database is gone, or could not be had. What was not committed did not happen. */
export class DatabaseConnectionError extends Error {
  override readonly name = 'DatabaseConnectionError';
  readonly code: 'CONNECTION_CLOSED' | 'CONNECTION_ENDED' | 'CONNECT_TIMEOUT' | 'POOL_TIMEOUT';

  constructor(code: DatabaseConnectionError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

const CONNECTION_CODES: ReadonlySet<string> = new Set([
  // The driver's own.
  ...['CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECTION_DESTROYED', 'CONNECT_TIMEOUT', 'POOL_TIMEOUT'],
  // The operating system's.
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN'],
  // PostgreSQL's (Appendix A): shutdown, crash, starting up, idle session or transaction ended, too many clients.
  ...['57P01', '57P02', '57P03', '57P05', '25P03', '53300'],
]);

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The error itself, or the one it wraps at any depth, that satisfies the test. */
function someCause(error: unknown, test: (code: string) => boolean): boolean {
  for (let link = error; link instanceof Error; link = link.cause) {
    const code = codeOf(link);
    if (code !== undefined && test(code)) return true;
  }
  return false;
}

/**
 * Whether the database could not be reached or the connection broke. Work in the transaction did not
 * happen; only when the error came from its commit is that unknown, so what is tried again must be idempotent.
 */
export function isConnectionError(error: unknown): boolean {
  return someCause(error, (code) => CONNECTION_CODES.has(code) || code.startsWith('08'));
}

/** Whether the transaction lost to another one (40001, 40P01) and may simply be run again. */
export function isSerializationOrDeadlock(error: unknown): boolean {
  return someCause(error, (code) => code === '40001' || code === '40P01');
}

/** Whether the server ended the statement: statement or lock time-out, or a cancel request. */
export function isStatementTimeout(error: unknown): boolean {
  return someCause(error, (code) => code === '57014' || code === '55P03');
}

/** Whether a lock was not to be had in the time allowed for it (55P03). */
export function isLockTimeout(error: unknown): boolean {
  return someCause(error, (code) => code === '55P03');
}

/** Whether the server had no room left on its disk (53100). */
export function isDiskFull(error: unknown): boolean {
  return someCause(error, (code) => code === '53100');
}

/** Whether the server lacks the means just now, be it disk or memory (class 53): it may have them again later. */
export function isOutOfResources(error: unknown): boolean {
  return someCause(error, (code) => code.startsWith('53'));
}

/** Whether the database refuses the data itself (classes 22, 23 and 54): sending it again would be refused again. */
export function isDataError(error: unknown): boolean {
  return someCause(error, (code) => /^(22|23|54)[0-9A-Z]{3}$/.test(code));
}

/** Whether a row with the same key is there already (23505), on the named constraint if one is given. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  for (let link = error; link instanceof Error; link = link.cause) {
    if (codeOf(link) !== '23505') continue;
    return constraint === undefined || ('constraint_name' in link && link.constraint_name === constraint);
  }
  return false;
}

/** The database's own error: Drizzle's wrapper prints every parameter of the statement into its message. */
export function databaseErrorOf(error: unknown): unknown {
  return error instanceof DrizzleQueryError && error.cause !== undefined ? error.cause : error;
}
