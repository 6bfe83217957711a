import { closeOpenStages } from '../stage/stage.js';

/** A signal's number is added to this in the exit code of who ended for it (POSIX shells). */
const ENDED_BY_SIGNAL = 128;

/** Leaves no process, namespace or mount behind when somebody ends the program in the middle. */
export function clearUpWhenToldToEnd(): void {
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const) {
    process.once(signal, () => {
      void closeOpenStages().finally(() => process.exit(ENDED_BY_SIGNAL + number));
    });
  }
}
