import type { TestDatabase } from '@outrider/db/testing';
import type { Oracle } from '@outrider/oracle';
import { expect } from 'vitest';
import { checkExecution } from './check-execution.js';

/** What a test claims of an execution that was crawled to its end. */
export interface IntactClaim {
  readonly db: TestDatabase;
  readonly oracle: Oracle;
  readonly executionId: string;
  /** Fetches of one URL beyond the first that a fault explains. */
  readonly refetchesAllowed: number;
  readonly maxConcurrency: number;
}

/** Asks every invariant, from within a test. */
export async function expectIntact(claim: IntactClaim): Promise<void> {
  const { expected } = claim.oracle;
  const verdicts = await checkExecution({ ...claim, expected, seenEvents: null, isComplete: true });
  expect(verdicts.filter(({ violations }) => violations.length > 0)).toEqual([]);
}
