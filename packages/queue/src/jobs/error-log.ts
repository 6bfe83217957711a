import type { QueueLogger } from '../queue-logger.js';

const QUIET_MS = 10_000;

/**
 * Logs errors of a connection at most once in ten seconds: during an outage BullMQ reports one for every
 * attempt, hundreds a second where the server still answers, and each says the same.
 */
export function createErrorLog(logger: QueueLogger, queue: string): (error: unknown) => void {
  let quietUntil = 0;
  let suppressed = 0;
  return (error) => {
    const now = performance.now();
    if (now < quietUntil) {
      suppressed++;
      return;
    }
    logger.warn({ queue, err: error, suppressed }, 'the queue reports an error');
    quietUntil = now + QUIET_MS;
    suppressed = 0;
  };
}
