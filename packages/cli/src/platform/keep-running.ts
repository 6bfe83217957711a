import { setTimeout as sleep } from 'node:timers/promises';
import type { LaunchedProcess, ReadyFacts } from './launched-process.js';
import { ProcessFailure } from './process-failure.js';
import { type AnswerPolicy, watchAnswers } from './watch-answers.js';

export interface RestartPolicy {
  /** Pause before the first restart, doubled for each further one, in milliseconds. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** A process that ran this long, in milliseconds, has all its restarts again. */
  readonly stableMs: number;
  /** Restarts in a row before the platform gives up. */
  readonly maxRestarts: number;
}

export const RESTART_POLICY: RestartPolicy = {
  firstPauseMs: 500,
  longestPauseMs: 30_000,
  stableMs: 60_000,
  maxRestarts: 10,
};

/** How a process ended that is started again. */
export interface PreviousExit {
  readonly pid: number;
  /** `SIGKILL`, `exit code 1`, `SIGKILL after silence`. */
  readonly how: string;
}

export interface KeepRunning {
  readonly name: string;
  /** Starts it; `previous` says how the one before ended, and is null at first. */
  readonly launch: (previous: PreviousExit | null) => LaunchedProcess;
  readonly onReady: (facts: ReadyFacts, process: LaunchedProcess) => void;
  /** Called after an unexpected end, before the restart: what depends on the process can be taken down. */
  readonly onDown?: () => Promise<void>;
  /** Whether a start may be tried again that failed before the process was ever ready. */
  readonly mayRetryStart: (failure: ProcessFailure) => boolean;
  readonly report: (line: string) => void;
  readonly policy: RestartPolicy;
  /** When a process that is ready and says nothing more is killed, to be started again; null for one that is never asked. */
  readonly answers: AnswerPolicy | null;
  /** Once aborted, the process is not started again. */
  readonly stop: AbortSignal;
}

/**
 * Starts a process and starts it again whenever it ends. Resolves when it has ended after `stop`; rejects
 * with ProcessFailure when it does not start in the first place, or when it has failed too often.
 */
export async function keepRunning(plan: KeepRunning): Promise<void> {
  const { name, policy, stop, report } = plan;
  let restarts = 0;
  let hasBeenReady = false;
  let previous: PreviousExit | null = null;
  while (!stop.aborted) {
    const startedAt = performance.now();
    const { failure, wasReady, exit, silentMs } = await runOnce(plan, previous);
    previous = exit;
    if (stop.aborted) return;
    hasBeenReady ||= wasReady;
    if (!hasBeenReady && !plan.mayRetryStart(failure)) throw failure;
    if (performance.now() - startedAt >= policy.stableMs) restarts = 0;
    if (restarts === policy.maxRestarts) {
      throw new ProcessFailure(
        name,
        failure.code,
        `The ${name} ended ${restarts + 1} times: ${failure.message}`,
      );
    }
    const pauseMs = Math.min(policy.firstPauseMs * 2 ** restarts, policy.longestPauseMs);
    restarts += 1;
    const what = whatHappened({ failure, wasReady, exit, silentMs });
    report(`The ${name} ${what}; starting it again in ${pauseMs / 1_000} s.`);
    await plan.onDown?.();
    await sleep(pauseMs, undefined, { signal: stop }).catch(() => undefined);
  }
}

/** One life of a process. */
interface Run {
  readonly failure: ProcessFailure;
  readonly wasReady: boolean;
  readonly exit: PreviousExit | null;
  /** How long it had not answered when it was killed for that; null for one that ended otherwise. Milliseconds. */
  readonly silentMs: number | null;
}

function whatHappened({ failure, wasReady, exit, silentMs }: Run): string {
  if (silentMs !== null) {
    return `has not answered for ${silentMs / 1_000} s and was killed (process ${exit?.pid ?? 'unknown'})`;
  }
  return `${wasReady ? 'ended by itself' : 'did not start'} (${failure.message})`;
}

async function runOnce(plan: KeepRunning, previous: PreviousExit | null): Promise<Run> {
  const launched = plan.launch(previous);
  let silentMs: number | null = null;
  const watch = (): (() => void) =>
    plan.answers === null
      ? () => undefined
      : watchAnswers(launched, plan.answers, (forMs) => {
          silentMs = forMs;
          // A process that is stopped heeds no other signal.
          launched.kill();
        });
  const endWatch = await launched.ready.then(
    (facts) => {
      plan.onReady(facts, launched);
      return watch();
    },
    () => null,
  );
  const failure = await launched.exited;
  endWatch?.();
  const exit = exitOf(launched, silentMs !== null);
  return { failure, wasReady: endWatch !== null, exit, silentMs };
}

function exitOf({ pid, how }: LaunchedProcess, wasSilent: boolean): PreviousExit | null {
  const ended = how();
  if (pid === undefined || ended === null) return null;
  return { pid, how: wasSilent ? `${ended} after silence` : ended };
}
