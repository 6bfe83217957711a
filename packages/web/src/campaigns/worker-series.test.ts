import type { InstanceMetric } from '@outrider/shared/contract';
import { expect, it } from 'vitest';
import { workerSeries } from './worker-series.js';

const sample = (
  instanceId: string,
  laneId: string,
  second: number,
  over: Partial<InstanceMetric> = {},
): InstanceMetric => ({
  ...{ instanceId, laneId, campaignId: 'campaign', executionId: 'this one' },
  recordedAt: new Date(second * 1_000).toISOString(),
  ...{ pagesPerSecond: 10, averageResponseTimeMs: 100, successRate: 1, errorRate: 0 },
  ...{ cpuUsagePercent: 1, memoryUsageMb: 1, queueSize: 0, processedCount: 0, pendingCount: 0 },
  ...{ bandwidthMbps: 0, requestsPerMinute: 0, resolution: 'sample', seconds: 5 },
  ...over,
});

it('lanes of a worker are added up, workers are side by side, and other executions are left out', () => {
  const { times, pages } = workerSeries(
    [
      sample('a', '1', 101),
      sample('a', '2', 102, { pagesPerSecond: 5 }),
      sample('a', '1', 106),
      sample('b', '3', 107, { pagesPerSecond: 2 }),
      sample('b', '3', 107, { executionId: 'another' }),
    ],
    'this one',
  );
  expect(times).toEqual([100, 105]);
  expect(Object.fromEntries(pages)).toEqual({ a: [15, 10], b: [null, 2] });
});

it('two samples of one lane in a step are its mean, not its sum', () => {
  const { pages } = workerSeries(
    [sample('a', '1', 100, { seconds: 2 }), sample('a', '1', 102, { seconds: 2, pagesPerSecond: 20 })],
    'this one',
  );
  expect(pages.get('a')).toEqual([15]);
});

it('answers are weighed by how many pages they are of', () => {
  const { answers } = workerSeries(
    [
      sample('a', '1', 100, { pagesPerSecond: 30, averageResponseTimeMs: 100 }),
      sample('b', '2', 100, { pagesPerSecond: 10, averageResponseTimeMs: 500 }),
      sample('a', '1', 105, { pagesPerSecond: 0, averageResponseTimeMs: null }),
    ],
    'this one',
  );
  expect(answers).toEqual([200, null]);
});
