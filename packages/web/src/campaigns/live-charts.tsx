import { Paper, SimpleGrid, Text, Title } from '@mantine/core';
import { type ExecutionDetail, isTerminal } from '@outrider/shared/contract';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { routeQuery } from '../client/queries.js';
import { formatCount, formatFigure, formatMilliseconds, formatShare } from '../display/format.js';
import { type ChartLine, LineChart } from '../display/line-chart.js';
import { useWorkerNames } from './use-worker-names.js';
import { workerSeries } from './worker-series.js';

const SAMPLES_MS = 5_000;
const CLASSES_MS = 10_000;
/** Samples of a worker that are read: enough for a line as long as the chart is wide. */
const SAMPLES = 300;
/** Workers that get a line of their own colour; more could not be told apart. */
const LINES = ['--outrider-line-1', '--outrider-line-2', '--outrider-line-3', '--outrider-line-4'] as const;
const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3]] as const;

/** How an execution goes: pages a second of each worker, how long answers take, and what they were. */
export function LiveCharts({ execution }: { readonly execution: ExecutionDetail }) {
  const series = useWorkerSeries(execution);
  const names = useWorkerNames();
  const workers = [...series.pages].slice(0, LINES.length);
  const others = series.pages.size - workers.length;
  const lines = workers.map(([id, values], nth): ChartLine => {
    const line = { label: names.get(id) ?? id.slice(0, 8), color: LINES[nth] ?? LINES[0], values };
    const dash = DASHES[nth] ?? [];
    return dash.length === 0 ? line : { ...line, dash };
  });
  const answer = series.answers.findLast((value) => value !== null) ?? null;
  return (
    <>
      {series.times.length < 2 ? null : (
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <Paper withBorder p="sm" miw={0}>
            <Title order={2} mb="xs">
              Pages per second by worker
            </Title>
            <LineChart
              title={`Pages per second of ${series.pages.size} workers`}
              times={series.times}
              lines={lines}
              height={150}
            />
            {others > 0 ? (
              <Text size="xs" c="dimmed">
                and {formatCount(others)} more workers, see Fleet
              </Text>
            ) : null}
          </Paper>
          <Paper withBorder p="sm" miw={0}>
            <Title order={2} mb="xs">
              Answer time
            </Title>
            <LineChart
              title={`Milliseconds to the last byte, ${formatMilliseconds(answer)} lately`}
              times={series.times}
              lines={[{ label: 'Milliseconds', color: '--outrider-line-1', values: series.answers }]}
              height={150}
            />
          </Paper>
        </SimpleGrid>
      )}
      <Answers execution={execution} />
    </>
  );
}

function useWorkerSeries({ id, lanes, status }: ExecutionDetail) {
  const instances = [...new Set(lanes.flatMap(({ instanceId }) => instanceId ?? []))];
  const isOver = isTerminal(status);
  const samples = useQueries({
    queries: instances.map((instanceId) => ({
      ...routeQuery('listInstanceMetrics', { params: { id: instanceId }, query: { limit: SAMPLES } }),
      refetchInterval: isOver ? (false as const) : SAMPLES_MS,
    })),
    combine: (results) => results.flatMap(({ data }) => data?.items ?? []),
  });
  return useMemo(() => workerSeries(samples, id), [samples, id]);
}

const CLASS_WORDS: Readonly<Record<string, string>> = {
  '2xx': 'fetched well',
  '3xx': 'redirects',
  '4xx': 'not there, or not allowed',
  '5xx': 'errors of the site',
};

/** What the answers were, by the class of their status, and how long they took. */
function Answers({ execution: { id, status } }: { readonly execution: ExecutionDetail }) {
  const { data } = useQuery({
    ...routeQuery('getExecutionAnalytics', { params: { id } }),
    refetchInterval: isTerminal(status) ? false : CLASSES_MS,
  });
  if (data === undefined) return null;
  const { statusClasses, responseTimes } = data.figures;
  const classes = Object.entries(statusClasses).sort(([a], [b]) => a.localeCompare(b));
  const all = classes.reduce((sum, [, count]) => sum + count, 0);
  if (all === 0) return null;
  return (
    <Paper withBorder p="sm" miw={0}>
      <Title order={2} mb="xs">
        Answers
      </Title>
      <ul className="bars" aria-label="Answers by the class of their status">
        {classes.map(([name, count]) => (
          <li key={name}>
            <span>
              <b>{name}</b> <span className="dimmed">{CLASS_WORDS[name] ?? ''}</span>
            </span>
            <span>
              {formatCount(count)} ({formatShare(count / all)})
            </span>
            <span
              className="bar"
              data-class={name}
              aria-hidden="true"
              style={{ width: `${Math.max(0.5, (count / all) * 100)}%` }}
            />
          </li>
        ))}
      </ul>
      {responseTimes === null ? null : (
        <Text size="xs" c="dimmed" mt="xs">
          Half within {formatMilliseconds(responseTimes.p50Ms)}, 95 % within{' '}
          {formatMilliseconds(responseTimes.p95Ms)}, the slowest {formatMilliseconds(responseTimes.maxMs)}
          {data.basis === 'sample' ? `; estimated from ${formatFigure(data.sample?.pages)} pages` : ''}
        </Text>
      )}
    </Paper>
  );
}
