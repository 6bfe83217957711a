import type { ApiClient } from '../client/api-client.js';
import type { CliSettings } from '../settings.js';
import type { Interrupts } from '../terminal/interrupts.js';
import type { Terminal } from '../terminal/terminal.js';
import type { ExitName } from './exit-codes.js';

/** What a command works with. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Read when a command asks for it, so that help works in any environment. Throws `invalid_settings`. */
  readonly settings: () => CliSettings;
  /** Turns signals into requests from now on; without it they end the program at once. */
  readonly interrupts: () => Interrupts;
  /** A client of the API that the settings lead to. Throws CliError when there is no key for it. */
  readonly connect: () => Promise<ApiClient>;
  /** Sets the exit code of the program; 0 unless set. */
  readonly setExit: (exit: ExitName) => void;
}
