import { setTimeout as sleep } from 'node:timers/promises';
import { nothingRuns } from '../checkers/nothing-left-over.js';
import { openStage, type QueueBackend, type Stage, TooLate } from '../stage/stage.js';
import type { Violation } from '../stage/verdicts.js';
import type { Configuration } from './configuration.js';

export interface Outcome {
  readonly configuration: Configuration;
  readonly backend: QueueBackend;
  readonly seed: number;
  readonly checks: number;
  readonly violations: readonly Violation[];
  readonly seconds: number;
  /** What the processes logged; for a look at what went wrong. */
  readonly logs: string;
}

export interface RunOptions {
  readonly backend: QueueBackend;
  readonly seed: number;
  readonly postgresAdminUrl: string;
  /** Another build of the packages to run. */
  readonly packagesDir?: string | undefined;
  readonly limitSeconds?: number;
  /** Statements for the administrator of the stage's database. */
  readonly prepare?: readonly string[];
}

/** Runs one configuration to its verdict. It never rejects: what goes wrong is a violation. */
export async function runConfiguration(configuration: Configuration, options: RunOptions): Promise<Outcome> {
  const { backend, seed } = options;
  const startedAt = performance.now();
  const result = (stage: Stage | undefined, also: readonly Violation[]): Outcome => ({
    configuration,
    backend,
    seed,
    checks: stage?.verdicts.checks ?? 0,
    violations: [...(stage?.verdicts.violations ?? []), ...also],
    seconds: (performance.now() - startedAt) / 1_000,
    logs: stage?.logs() ?? '',
  });
  let stage: Stage | undefined;
  try {
    stage = await openStage({ ...options, plan: configuration.plan ?? {} });
    await inTime(configuration, options.limitSeconds ?? configuration.limitSeconds, stage);
    return result(stage, []);
  } catch (error) {
    const rule = error instanceof TooLate ? 'I3' : '-';
    return result(stage, [{ rule, what: error instanceof Error ? error.message : String(error) }]);
  } finally {
    await stage?.close();
  }
}

async function inTime(configuration: Configuration, limitSeconds: number, stage: Stage): Promise<void> {
  const work = configuration.run(stage);
  const late = sleep(limitSeconds * 1_000, 'late' as const, { ref: false });
  const end = await Promise.race([work, late]);
  if (end === 'late') {
    work.catch(() => undefined);
    throw new TooLate(`not over within ${limitSeconds} s`);
  }
  // What went wrong so far would only be told again.
  if (stage.verdicts.violations.length > 0) return;
  stage.verdicts.record('I7', await stage.shutDown());
  stage.verdicts.record('I7', await nothingRuns(stage.db, stage.marker));
}
