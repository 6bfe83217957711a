import {
  type CrawlFigures,
  crawlFigures,
  type Execution,
  type ExecutionAnalytics,
  presentFigures,
  scaleFigures,
} from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { readExecution } from '../executions/read-execution.js';
import { isoTime } from '../times/iso-time.js';
import { countFigures } from './count-figures.js';

/** Rows of each kind that are looked at for an execution that runs: some tens of milliseconds. */
const ROWS_LOOKED_AT = 10_000;

/**
 * The figures of an execution. Once they have been made: those. Until then they are counted from its rows, up to 10,000
 * of each kind; of more, from that many, brought up to the totals that its lanes have counted. Throws `not_found`.
 */
export async function readExecutionAnalytics(
  tx: Tx,
  executionId: string,
  rowsLookedAt = ROWS_LOOKED_AT,
): Promise<ExecutionAnalytics> {
  const execution = await readExecution(tx, executionId);
  const { campaignId, number, status, startedAt, durationSeconds } = execution;
  const [stored] = await tx.sql<{ summary: unknown; updated_at: Date }[]>`
    select rollup.summary, rollup.updated_at
    from campaign_analytics rollup join campaign_executions execution on execution.id = ${executionId}
    where rollup.campaign_id = ${campaignId} and rollup.period = 'execution' and rollup.period_key = ${executionId}
      and execution.analyzed_at is not null`;
  const about = { executionId, campaignId, number, status, startedAt, durationSeconds };
  if (stored !== undefined) {
    const figures = crawlFigures.parse(stored.summary);
    const known = { basis: 'final' as const, sample: null, asOf: isoTime(stored.updated_at) };
    return { ...about, ...known, ...presented(execution, figures) };
  }
  const { figures, sample } = await countNow(tx, execution, rowsLookedAt);
  const basis = sample === null ? 'recount' : 'sample';
  const [clock] = await tx.sql<{ now: Date }[]>`select now() as now`;
  const asOf = isoTime(clock?.now ?? new Date());
  return { ...about, basis, sample, asOf, ...presented(execution, figures) };
}

function presented(
  { durationSeconds, pausedSeconds, waitedSeconds }: Execution,
  figures: CrawlFigures,
): Pick<ExecutionAnalytics, 'figures' | 'pagesPerSecond'> {
  const seconds = durationSeconds === null ? 0 : durationSeconds - pausedSeconds - waitedSeconds;
  const pagesPerSecond = seconds <= 0 ? null : figures.pagesCrawled / seconds;
  return { figures: presentFigures(figures), pagesPerSecond };
}

async function countNow(
  tx: Tx,
  { id, coverage, errorsEncountered }: Execution,
  most: number,
): Promise<{ figures: CrawlFigures; sample: ExecutionAnalytics['sample'] }> {
  const { days, errorEntries } = await countFigures(tx, id, most);
  const figures = days.total();
  const isWhole =
    figures.pagesCrawled < most &&
    figures.urlsDiscovered < most &&
    figures.pagesFailed < most &&
    errorEntries < most;
  if (isWhole) return { figures, sample: null };
  const { fetched, failed, skipped, discovered } = coverage;
  const known = { pagesFailed: failed, urlsSkipped: skipped, errorsEncountered };
  return {
    figures: scaleFigures(figures, { pages: fetched, urls: discovered, ...known }),
    sample: { pages: figures.pagesCrawled, urls: figures.urlsDiscovered, errors: errorEntries },
  };
}
