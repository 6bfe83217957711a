import { checkPending, type Database, listUnchecked } from '@outrider/db';
import type { Logger } from '@outrider/telemetry';
import type { DutyReport } from './duty.js';

export interface RulesDeps {
  readonly database: Database;
  readonly logger: Logger;
}

const EXECUTIONS_PER_RUN = 100;
/** Pending URLs per transaction: lanes of the execution claim between two of them. */
const BATCH = 1_000;
/** Batches of one execution per run, so that others have their turn. */
const BATCHES_PER_RUN = 250;

/** Holds what is pending in executions whose scope rules have changed against the new ones, in batches. */
export async function applyScopeRules({ database, logger }: RulesDeps): Promise<DutyReport> {
  const unchecked = await database.withSystem((tx) => listUnchecked(tx, EXECUTIONS_PER_RUN));
  const report = { checked: 0, skipped: 0 };
  for (const { executionId, tenantId } of unchecked) {
    try {
      for (let batch = 0; batch < BATCHES_PER_RUN; batch += 1) {
        const done = await database.withTenant(tenantId, (tx) => checkPending(tx, executionId, BATCH));
        report.checked += done.checked;
        report.skipped += done.skipped;
        if (done.isDone) break;
      }
    } catch (error) {
      logger.error({ err: error, executionId }, 'scope rules could not be applied; the next run goes on');
    }
  }
  return report;
}
