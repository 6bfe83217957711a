import { EXIT_CODES, type ExitName } from '../program/exit-codes.js';

/** The signals a person or a system asks us to end with. */
export interface Interrupts {
  /** Aborted by the first of them. */
  readonly signal: AbortSignal;
  /** The exit code that the first one means; null before it. */
  readonly exit: () => ExitName | null;
  /** What the second does before the program ends at once. */
  readonly beforeForcedExit: (action: () => void) => void;
}

const SIGNALS = { SIGINT: 'interrupted', SIGTERM: 'terminated', SIGHUP: 'hung_up' } as const;

/**
 * npm passes a Ctrl-C on to the script although the terminal has sent it there already, so within this
 * time, in milliseconds, several signals are one.
 */
const ECHO_MS = 1_000;

/** Takes the signals over for the rest of the program's life. */
export function takeInterrupts(target: NodeJS.Process = process): Interrupts {
  const controller = new AbortController();
  let first: { exit: ExitName; at: number } | null = null;
  let action = (): void => undefined;
  const onSignal = (exit: ExitName): void => {
    if (first === null) {
      first = { exit, at: performance.now() };
      controller.abort();
    } else if (performance.now() - first.at > ECHO_MS) {
      action();
      target.exit(EXIT_CODES[exit].code);
    }
  };
  for (const [name, exit] of Object.entries(SIGNALS)) target.on(name, () => onSignal(exit));
  return {
    signal: controller.signal,
    exit: () => first?.exit ?? null,
    beforeForcedExit: (next) => {
      action = next;
    },
  };
}
