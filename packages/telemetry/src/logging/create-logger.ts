import { destination, type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino';
import { escapeLine } from './escape-line.js';
import { redactLine } from './redact-line.js';

/** The logger of every process: pino's, so `logger.info({ laneId }, 'lane taken')` and `logger.child({...})`. */
export type Logger = PinoLogger;

export interface LoggerOptions {
  /** Name of the process: `api`, `orchestrator`, `worker`. */
  readonly name: string;
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Where lines go. Default: standard error, so that standard output stays free for `--json`. */
  readonly destination?: { write(line: string): void };
}

/**
 * Makes a logger that writes one JSON object a line, with secrets taken out of the finished line: what
 * is nested, in a message or in an error's stack is caught as well as what is in a named field. Writes
 * are synchronous, since the lines before a crash are those that matter.
 */
export function createLogger(options: LoggerOptions): Logger {
  const target = options.destination ?? destination({ fd: 2, sync: true });
  return pino(
    {
      name: options.name,
      level: options.level,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => target.write(escapeLine(redactLine(line))) },
  );
}
