import {
  addSitemaps,
  BATCH_TRANSACTION,
  backOffHost,
  claimTargets,
  commitBatch,
  commitSitemapUrls,
  type Database,
  delayHost,
  insertPerformanceSample,
  isConnectionError,
  isLaneFinished,
  type LaneHold,
  leaseSitemap,
  noteRobots,
  obeyOperation,
  readCarriedPages,
  readPinnedSitemap,
  readScope,
  readStandby,
  releaseLane,
  renewLane,
  returnUnheldSitemaps,
  returnUnheldTargets,
  settleSitemap,
  type Tx,
  takeHostPlace,
} from '@outrider/db';
import type { CrashAt } from '@outrider/shared';
import { HeldTargets } from './held-targets.js';
import type { LaneEffects } from './lane-effects.js';
import { isPassingTrouble } from './passing-trouble.js';
import { pause } from './pause.js';

/** Pause between tries of a write, in milliseconds, doubling up to the second figure. */
const RETRY_MS = [50, 2_000] as const;
/** How often an idle lane looks for leases that it knows nothing of, in milliseconds. */
const RETURN_MS = 1_000;

export interface DatabaseEffectsOptions {
  readonly database: Database;
  readonly hold: LaneHold;
  readonly leaseMs: number;
  readonly crashAt: CrashAt;
  /** The first back-off of a host that names no wait of its own, in milliseconds. */
  readonly hostBackOffMs: number;
  /** How long an execution is left to the first worker of a machine, in milliseconds. Default: not at all. */
  readonly standbyMs?: number;
  /** Ends the waiting for a database that is away: the lane is over. */
  readonly signal: AbortSignal;
  readonly onClaim: (seconds: number) => void;
  readonly onCommit: (seconds: number, urls: number) => void;
  readonly onRetry: (error: unknown) => void;
  /**
   * The server lost claims or commits in a crash that it had said were done. What the lane remembers, such as which URLs it
   * has told of already, is no longer so: it must record nothing more, give itself back and be taken anew.
   */
  readonly onLedgerLost: () => void;
}

/**
 * A lane's effects on PostgreSQL. Claims and commits are not flushed to disk one by one
 * (synchronous_commit off): should the server lose the last of them in a crash, the URLs are leased or pending
 * again. Renewals, back-offs and what sitemaps bring are flushed: they are few, and nobody would notice their loss. What is leased to this lane and not in its hands it gives back as soon as it finds nothing to claim.
 */
export function createDatabaseEffects(options: DatabaseEffectsOptions): LaneEffects {
  const { database, hold, leaseMs, crashAt, hostBackOffMs: backOffMs, standbyMs = 0 } = options;
  let batches = 0;
  const run = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    database.withTenant(hold.tenantId, work, { durability: 'relaxed' });
  /** For what nobody would do again, should the server lose it after it had said that it was done. */
  const runDurably = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    database.withTenant(hold.tenantId, work);
  const held = new HeldTargets();
  /** The last batch that the lane was told is done. */
  let done = 0;
  const returnTargets = (): Promise<number> => run((tx) => returnUnheldTargets(tx, hold, held.keys));
  const mayReturnTargets = atMostEvery(RETURN_MS);
  return {
    async claim(request) {
      const start = performance.now();
      const told = done;
      const outcome = await untilDone(
        options,
        () => run((tx) => claimTargets(tx, hold, { ...request, backOffMs })),
        returnTargets,
      );
      if (outcome.kind === 'held') held.claimed(outcome.targets);
      if (outcome.kind === 'held' && outcome.lastBatch < told) options.onLedgerLost();
      const isIdle = outcome.kind === 'held' && outcome.targets.length === 0 && request.wanted > 0;
      if (isIdle && mayReturnTargets()) await untilDone(options, returnTargets);
      options.onClaim((performance.now() - start) / 1_000);
      crashAt('after_claim');
      return outcome;
    },
    async commit(batch) {
      const start = performance.now();
      crashAt('before_commit');
      const told = done;
      batches += 1;
      const numbered = { ...batch, number: batches };
      const settled = held.settling(batch.settlements);
      const outcome = await untilDone(options, () =>
        database.withTenant(hold.tenantId, (tx) => commitBatch(tx, hold, numbered), BATCH_TRANSACTION),
      );
      settled();
      if (outcome.kind === 'committed') {
        done = numbered.number;
        if (outcome.lastBatch < told || outcome.forgotten) options.onLedgerLost();
      }
      crashAt('after_commit');
      options.onCommit((performance.now() - start) / 1_000, batch.settlements.length);
      return outcome;
    },
    renew: (beat) => runDurably((tx) => renewLane(tx, hold, { leaseMs, ...beat })),
    obey: (inFlight) => run((tx) => obeyOperation(tx, hold, inFlight)),
    release: (reason) => database.withTenant(hold.tenantId, (tx) => releaseLane(tx, hold, reason)),
    readScope: () => untilDone(options, () => run((tx) => readScope(tx, hold.executionId))),
    readCarried: (executionId, urlKeys) =>
      untilDone(options, () => run((tx) => readCarriedPages(tx, executionId, urlKeys))),
    backOff: (host, refusal) =>
      untilDone(options, () => runDurably((tx) => backOffHost(tx, host, refusal, backOffMs))),
    delay: (host, milliseconds) =>
      untilDone(options, () => runDurably((tx) => delayHost(tx, host, milliseconds))),
    noteRobots: (reading) => untilDone(options, () => run((tx) => noteRobots(tx, hold, reading))),
    recordSample: (sample) => run((tx) => insertPerformanceSample(tx, hold, sample)),
    standby: async () =>
      standbyMs === 0
        ? { forMs: 0, ahead: 0 }
        : untilDone(options, () => run((tx) => readStandby(tx, hold, { standbyMs, leaseMs }))),
    isFinished: () => untilDone(options, () => run((tx) => isLaneFinished(tx, hold.laneId))),
    sitemaps: createSitemapEffects(options, { run, runDurably }),
  };
}

/** Runs a transaction of the lane's tenant. */
type Run = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;

function createSitemapEffects(
  options: DatabaseEffectsOptions,
  { run, runDurably }: { readonly run: Run; readonly runDurably: Run },
): LaneEffects['sitemaps'] {
  const { hold } = options;
  const returnSitemaps = (): Promise<number> => run((tx) => returnUnheldSitemaps(tx, hold));
  const mayReturnSitemaps = atMostEvery(RETURN_MS);
  return {
    add: async (files) =>
      (await untilDone(options, () => runDurably((tx) => addSitemaps(tx, hold, files)))) !== null,
    async lease() {
      const leased = await untilDone(options, () => run((tx) => leaseSitemap(tx, hold)), returnSitemaps);
      const isLeased = leased !== null && typeof leased !== 'string';
      if (!isLeased && mayReturnSitemaps()) await untilDone(options, returnSitemaps);
      return leased;
    },
    takePlace: (host, delayMs) =>
      untilDone(options, () => runDurably((tx) => takeHostPlace(tx, host, delayMs))),
    readPinned: (pinnedId) => untilDone(options, () => run((tx) => readPinnedSitemap(tx, pinnedId))),
    commitUrls: (file, urls) =>
      untilDone(options, () =>
        options.database.withTenant(hold.tenantId, (tx) => commitSitemapUrls(tx, hold, file, urls), {
          plans: BATCH_TRANSACTION.plans,
        }),
      ),
    settle: (file, outcome) =>
      untilDone(options, () => runDurably((tx) => settleSitemap(tx, hold, file, outcome))),
  };
}

/** Says yes, and then no until so many milliseconds have passed. */
function atMostEvery(milliseconds: number): () => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - last < milliseconds) return false;
    last = now;
    return true;
  };
}

/**
 * Tries again while the database has a passing trouble, until the lane is aborted. All of it is idempotent, or
 * made so by `undo`: it takes back what an earlier try may have done whose answer was lost with the connection.
 */
async function untilDone<T>(
  options: DatabaseEffectsOptions,
  work: () => Promise<T>,
  undo?: () => Promise<unknown>,
): Promise<T> {
  let waitMs: number = RETRY_MS[0];
  let isDoubtful = false;
  for (;;) {
    try {
      if (isDoubtful) await undo?.();
      isDoubtful = false;
      return await work();
    } catch (error) {
      if (!isPassingTrouble(error) || options.signal.aborted) throw error;
      isDoubtful ||= isConnectionError(error);
      options.onRetry(error);
      await pause(waitMs, options.signal);
      waitMs = Math.min(waitMs * 2, RETRY_MS[1]);
    }
  }
}
