import { OutriderError, parseSettings, type Settings } from '@outrider/shared';
import { createLogger, type Logger, type Service } from '@outrider/telemetry';
import { answerSupervisor } from './answer-supervisor.js';
import { createStopRequest } from './stop-request.js';
import { createStrayRejectionHandler } from './stray-rejections.js';

export interface ServiceContext {
  readonly settings: Settings;
  readonly logger: Logger;
  /** Aborts when the process is asked to end: then `serve` winds down and resolves. */
  readonly stop: AbortSignal;
  /** Says, once, on standard output that the process does its work now: one line of JSON. */
  readonly ready: (facts: Readonly<Record<string, unknown>>) => void;
}

/**
 * Runs a long-lived process from its environment to its exit code: settings, log, stop request. An error
 * is one line of JSON on standard output, `{"error":{"code","message"}}`, and exit code 1.
 */
export async function runService(
  name: Service,
  environment: Readonly<Record<string, string | undefined>>,
  serve: (context: ServiceContext) => Promise<void>,
): Promise<never> {
  process.exit(await attempt(name, environment, serve));
}

async function attempt(
  name: Service,
  environment: Readonly<Record<string, string | undefined>>,
  serve: (context: ServiceContext) => Promise<void>,
): Promise<number> {
  let logger = createLogger({ name, level: 'info' });
  let stop: AbortSignal | undefined;
  try {
    const settings = parseSettings(environment);
    logger = createLogger({ name, level: settings.LOG_LEVEL });
    process.on(
      'unhandledRejection',
      createStrayRejectionHandler(logger, (code) => process.exit(code)),
    );
    stop = createStopRequest({ supervised: settings.OUTRIDER_SUPERVISED });
    if (settings.OUTRIDER_SUPERVISED) answerSupervisor(process.stdin, printLine);
    const ready = (facts: Readonly<Record<string, unknown>>): void =>
      printLine({ ready: true, process: name, ...facts });
    await serve({ settings, logger, stop, ready });
    return 0;
  } catch (error) {
    // A start that was told to end has done what it should.
    if (stop?.aborted === true) return 0;
    const code = error instanceof OutriderError ? error.code : 'internal_error';
    logger.error({ err: error }, `the ${name} could not go on`);
    printLine({ error: { code, message: error instanceof Error ? error.message : String(error) } });
    return 1;
  }
}

function printLine(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** The ledger's URL, which every process but the embedded database needs. Throws `invalid_settings`. */
export function requireDatabaseUrl(settings: Settings): string {
  if (settings.DATABASE_URL === undefined) {
    throw new OutriderError('invalid_settings', 'DATABASE_URL must be set.');
  }
  return settings.DATABASE_URL;
}
