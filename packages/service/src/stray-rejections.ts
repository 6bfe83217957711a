import { isConnectionError } from '@outrider/db';
import type { Logger } from '@outrider/telemetry';

/**
 * What a process does about a rejection that nobody waits for. A lost database connection is survived:
 * when one is cut while it opens, the driver (postgres.js 3.4.9) rejects a look-up of its own that no caller
 * can reach, and whoever wanted the connection hears of it all the same. Anything else is a bug, after which
 * nothing is certain: it is logged, and `exit` ends the process for its supervisor to start anew.
 */
export function createStrayRejectionHandler(
  logger: Logger,
  exit: (code: number) => void,
): (reason: unknown) => void {
  return (reason) => {
    if (isConnectionError(reason)) {
      logger.warn({ err: reason }, 'a database connection was cut while it opened');
      return;
    }
    logger.fatal({ err: reason }, 'a rejection that nobody waited for');
    exit(1);
  };
}
