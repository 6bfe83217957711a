import {
  addSitemaps,
  backOffHost,
  claimTargets,
  commitBatch,
  commitSitemapUrls,
  type Database,
  delayHost,
  insertPerformanceSample,
  isLaneFinished,
  type LaneHold,
  leaseSitemap,
  noteRobots,
  obeyOperation,
  readCarriedPages,
  readScope,
  releaseLane,
  renewLane,
  settleSitemap,
  type Tx,
  takeHostPlace,
} from '@outrider/db';
import type { CrashAt } from '@outrider/shared';
import type { LaneEffects } from './lane-effects.js';
import { isPassingTrouble } from './passing-trouble.js';
import { pause } from './pause.js';

/** Pause between tries of a write, in milliseconds, doubling up to the second figure. */
const RETRY_MS = [50, 2_000] as const;

export interface DatabaseEffectsOptions {
  readonly database: Database;
  readonly hold: LaneHold;
  readonly leaseMs: number;
  readonly crashAt: CrashAt;
  /** The first back-off of a host that names no wait of its own, in milliseconds. */
  readonly hostBackOffMs: number;
  /** Ends the waiting for a database that is away: the lane is over. */
  readonly signal: AbortSignal;
  readonly onClaim: (seconds: number) => void;
  readonly onCommit: (seconds: number, urls: number) => void;
  readonly onRetry: (error: unknown) => void;
}

/**
 * A lane's effects on PostgreSQL. Claims and commits are not flushed to disk one by one
 * (synchronous_commit off): should the server lose the last of them in a crash, the URLs are pending
 * again and are crawled again.
 */
export function createDatabaseEffects(options: DatabaseEffectsOptions): LaneEffects {
  const { database, hold, leaseMs, crashAt, hostBackOffMs: backOffMs } = options;
  let batches = 0;
  const run = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    database.withTenant(hold.tenantId, work, { durability: 'relaxed' });
  return {
    async claim(request) {
      const start = performance.now();
      const outcome = await untilDone(options, () =>
        run((tx) => claimTargets(tx, hold, { ...request, backOffMs })),
      );
      options.onClaim((performance.now() - start) / 1_000);
      crashAt('after_claim');
      return outcome;
    },
    async commit(batch) {
      const start = performance.now();
      crashAt('before_commit');
      batches += 1;
      const numbered = { ...batch, number: batches };
      const outcome = await untilDone(options, () => run((tx) => commitBatch(tx, hold, numbered)));
      crashAt('after_commit');
      options.onCommit((performance.now() - start) / 1_000, batch.settlements.length);
      return outcome;
    },
    renew: (beat) => run((tx) => renewLane(tx, hold, { leaseMs, ...beat })),
    obey: (inFlight) => run((tx) => obeyOperation(tx, hold, inFlight)),
    release: (reason) => database.withTenant(hold.tenantId, (tx) => releaseLane(tx, hold, reason)),
    readScope: () => untilDone(options, () => run((tx) => readScope(tx, hold.executionId))),
    readCarried: (executionId, urlKeys) =>
      untilDone(options, () => run((tx) => readCarriedPages(tx, executionId, urlKeys))),
    backOff: (host, refusal) =>
      untilDone(options, () => run((tx) => backOffHost(tx, host, refusal, backOffMs))),
    delay: (host, milliseconds) => untilDone(options, () => run((tx) => delayHost(tx, host, milliseconds))),
    noteRobots: (reading) => untilDone(options, () => run((tx) => noteRobots(tx, hold, reading))),
    recordSample: (sample) => run((tx) => insertPerformanceSample(tx, hold, sample)),
    isFinished: () => untilDone(options, () => run((tx) => isLaneFinished(tx, hold.laneId))),
    sitemaps: {
      add: async (files) =>
        (await untilDone(options, () => run((tx) => addSitemaps(tx, hold, files)))) !== null,
      lease: () => untilDone(options, () => run((tx) => leaseSitemap(tx, hold))),
      takePlace: (host, delayMs) => untilDone(options, () => run((tx) => takeHostPlace(tx, host, delayMs))),
      commitUrls: (file, urls) =>
        untilDone(options, () => run((tx) => commitSitemapUrls(tx, hold, file, urls))),
      settle: (file, outcome) =>
        untilDone(options, () => run((tx) => settleSitemap(tx, hold, file, outcome))),
    },
  };
}

/** Tries again while the database has a passing trouble, until the lane is aborted. All of it is idempotent. */
async function untilDone<T>(options: DatabaseEffectsOptions, work: () => Promise<T>): Promise<T> {
  let waitMs: number = RETRY_MS[0];
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isPassingTrouble(error) || options.signal.aborted) throw error;
      options.onRetry(error);
      await pause(waitMs, options.signal);
      waitMs = Math.min(waitMs * 2, RETRY_MS[1]);
    }
  }
}
