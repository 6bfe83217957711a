import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../program/cli-error.js';
import { ApiProblem, ApiUnreachable } from './api-problem.js';

export interface Patience {
  /** Told once when the platform begins to fail, with what it said. */
  readonly onTrouble: (reason: string) => void;
  /** Told when it answers again. */
  readonly onRecovery: () => void;
  /** How long the platform may take to recover, in milliseconds. */
  readonly patienceMs?: number;
  /** Pause between two questions meanwhile, in milliseconds. */
  readonly pauseMs?: number;
}

/** A supervisor needs some twenty seconds to bring a killed database and all that hangs on it up again. */
const PATIENCE_MS = 90_000;
const PAUSE_MS = 500;

/**
 * Asks until the platform answers: while it restarts its database or its API, connections fail and answers
 * are 5xx. `ask` must be safe to repeat. Throws CliError `unreachable` when that takes too long, and any
 * other error of `ask` at once.
 */
export async function askPatiently<T>(ask: () => Promise<T>, patience: Patience): Promise<T> {
  const { patienceMs = PATIENCE_MS, pauseMs = PAUSE_MS } = patience;
  let troubleSince: number | null = null;
  for (;;) {
    try {
      const answer = await ask();
      if (troubleSince !== null) patience.onRecovery();
      return answer;
    } catch (error) {
      if (!mayPass(error)) throw error;
      if (troubleSince === null) patience.onTrouble(error.message);
      troubleSince ??= performance.now();
      if (performance.now() - troubleSince > patienceMs) throw givenUp(error, patienceMs);
    }
    await sleep(pauseMs);
  }
}

/** Whether the trouble may be over in a moment: no answer, 408, 429 or 5xx. */
function mayPass(error: unknown): error is ApiProblem | ApiUnreachable {
  if (error instanceof ApiUnreachable) return true;
  return error instanceof ApiProblem && (error.status >= 500 || [408, 429].includes(error.status));
}

function givenUp(error: ApiProblem | ApiUnreachable, patienceMs: number): CliError {
  const seconds = Math.round(patienceMs / 1_000);
  return new CliError(
    'unreachable',
    `The platform has not recovered within ${seconds} s: ${error.message}\n` +
      'What was gathered stays; the same command goes on with it once the platform answers.',
    { cause: error },
  );
}
