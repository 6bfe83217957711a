import { campaignConfig, type ExecutionDetail } from '@outrider/shared';

const ID = '01890000-0000-7000-8000-000000000001';
const KEY = '00000000-0000-7000-8000-00000000000a';

/** An execution that has ended, with one of everything a report shows. */
export function sampleExecution(changes: Partial<ExecutionDetail> = {}): ExecutionDetail {
  return {
    id: ID,
    campaignId: ID,
    number: 3,
    executionType: 'api',
    status: 'completed',
    endReason: 'frontier_exhausted',
    configRevision: 1,
    triggeredBy: 'a key',
    triggerReason: null,
    createdAt: '2026-01-01T00:00:00Z',
    startedAt: '2026-01-01T00:00:00Z',
    completedAt: '2026-01-01T00:02:05Z',
    durationSeconds: 125.4,
    pagesCrawled: 1_234,
    errorsEncountered: 31,
    crawlersUsed: 1,
    memoryPeakMb: 90,
    coverage: { discovered: 1_300, fetched: 1_234, failed: 1, skipped: 65, pending: 0 },
    previousExecutionId: null,
    repeatsExecutionId: null,
    scopeRevision: null,
    waitingReason: null,
    orderedBy: null,
    operationId: null,
    pausedSeconds: 0,
    waitedSeconds: 0,
    config: campaignConfig.parse({}),
    lanes: [],
    stall: null,
    waiting: null,
    resultSummary: {
      receipt: {
        discovered: 1_300,
        fetched: 1_234,
        failed: 1,
        skipped: 65,
        pending: 0,
        balanced: true,
        failedByCode: { connection_reset: 1 },
        skippedByReason: { out_of_scope: 60, robots_txt: 5 },
        discoveredByMethod: { link: 1_299, seed: 1 },
        fetchedByStatus: { '2xx': 1_204, '4xx': 30 },
      },
      errorsByType: { network: 3, http: 30 },
      slowest: Array.from({ length: 10 }, (_, index) => ({
        url: `https://x.org/slow/${index}`,
        urlKey: KEY,
        statusCode: 200,
        totalMs: 5_000 - index,
      })),
      broken: [
        {
          url: 'https://x.org/gone',
          urlKey: KEY,
          statusCode: 404,
          failureCode: null,
          linkedFrom: 'https://x.org/a',
        },
        {
          url: 'https://x.org/',
          urlKey: KEY,
          statusCode: null,
          failureCode: 'connection_reset',
          linkedFrom: null,
        },
      ],
      pagesPerSecond: 9.84,
      averageResponseMs: 40,
      bytes: 5_242_880,
    },
    errorLog: null,
    ...changes,
  };
}
