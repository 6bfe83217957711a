import { type Database, storeAnalytics, takeUnanalyzedExecution } from '@outrider/db';
import type { Logger } from '@outrider/telemetry';
import type { DutyReport } from './duty.js';

/** Every row of an execution is read once: some seconds at a million pages, a minute or two at ten. */
const ANALYSIS_TIMEOUT_MS = 1_800_000;

/**
 * Makes the figures of every ended execution that has none yet, one after another, each in a transaction of its own after
 * that of its end: an end waits for no figures, and one that cannot be analysed holds up no other.
 */
export async function analyzeEndedExecutions({
  database,
  logger,
}: {
  readonly database: Database;
  readonly logger: Logger;
}): Promise<DutyReport> {
  const failed: string[] = [];
  let analyzed = 0;
  let failure: unknown;
  for (;;) {
    const taken: { id: string | null } = { id: null };
    try {
      await database.withSystem(
        async (tx) => {
          const execution = await takeUnanalyzedExecution(tx, failed);
          if (execution === null) return;
          taken.id = execution.id;
          await storeAnalytics(tx, execution);
        },
        { statementTimeoutMs: ANALYSIS_TIMEOUT_MS, singleCore: true },
      );
      if (taken.id === null) break;
      analyzed += 1;
    } catch (error) {
      if (taken.id === null) throw error;
      failure = error;
      failed.push(taken.id);
      logger.error({ err: error, executionId: taken.id }, 'the figures of an execution could not be made');
    }
  }
  if (failed.length > 0 && analyzed === 0) throw failure;
  return { analyzed };
}
