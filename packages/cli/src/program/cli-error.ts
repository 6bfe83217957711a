import type { ExitName } from './exit-codes.js';

/** An error a person is meant to read: only its message is shown, and the exit code follows from `exit`. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly exit: ExitName,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The command line cannot be acted on: exit code 2. */
export function usageError(message: string): CliError {
  return new CliError('usage', message);
}
