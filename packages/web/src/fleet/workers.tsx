import { Progress, SegmentedControl, Stack, Table, Text } from '@mantine/core';
import type { Instance } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { routeQuery } from '../client/queries.js';
import { formatCount, formatFigure, formatMilliseconds } from '../display/format.js';
import { Moment } from '../display/moment.js';
import { EmptyNote, Shown } from '../display/notes.js';
import { HeadedTable } from '../display/scroll-table.js';
import { StateBadge } from '../display/state-badge.js';

const REFRESH_MS = 3_000;
/** A sample older than this says nothing of now. Milliseconds. */
const FRESH_MS = 30_000;

/** Worker processes with what each does at the moment. */
export function Workers() {
  const [isAll, setAll] = useState(false);
  const query = useQuery({
    ...routeQuery('listInstances', { query: { limit: 200 } }),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Stack gap="sm">
      <SegmentedControl
        aria-label="Which workers"
        value={isAll ? 'all' : 'alive'}
        onChange={(value) => setAll(value === 'all')}
        data={[
          { value: 'alive', label: 'Alive' },
          { value: 'all', label: 'Gone ones too' },
        ]}
        style={{ alignSelf: 'start' }}
      />
      <Shown query={query}>
        {({ items }) => {
          const shown = items.filter(({ state }) => isAll || state !== 'gone');
          if (shown.length === 0) {
            return (
              <EmptyNote title="No worker is alive">
                Nothing is crawled until one is: <code>npm start</code> starts one, or run one beside the
                platform.
              </EmptyNote>
            );
          }
          return <WorkerTable workers={shown} />;
        }}
      </Shown>
    </Stack>
  );
}

function WorkerTable({ workers }: { readonly workers: readonly Instance[] }) {
  return (
    <HeadedTable
      label="Workers"
      minWidth={820}
      heads={[
        'Worker',
        'State',
        'Lanes',
        { label: 'Pages/s', align: 'right' },
        { label: 'Answer', align: 'right' },
        { label: 'CPU', align: 'right' },
        { label: 'Memory', align: 'right' },
        'Heard of',
      ]}
    >
      {workers.map((worker) => (
        <WorkerRow key={worker.id} worker={worker} />
      ))}
    </HeadedTable>
  );
}

function WorkerRow({ worker }: { readonly worker: Instance }) {
  const { host, pid, version, capabilities, browserTrouble, capacity, lanesActive, state, heartbeatAt } =
    worker;
  const sample = useLatestSample(worker);
  return (
    <Table.Tr>
      <Table.Td>
        <Text fw={600}>{host}</Text>
        <Text size="xs" c="dimmed">
          process {pid}, {version}
          {capabilities.length === 0 ? '' : `, ${capabilities.join(', ')}`}
        </Text>
        {browserTrouble === null ? null : (
          <Text size="xs" c="red" lineClamp={2} title={browserTrouble}>
            no browser: {browserTrouble}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <StateBadge state={state} />
      </Table.Td>
      <Table.Td miw={110}>
        <Text size="sm">
          {lanesActive} of {capacity}
        </Text>
        <Progress
          value={capacity === 0 ? 0 : (lanesActive / capacity) * 100}
          size="xs"
          aria-label={`${lanesActive} of ${capacity} lanes`}
        />
      </Table.Td>
      <Table.Td ta="right">{formatFigure(sample?.pagesPerSecond)}</Table.Td>
      <Table.Td ta="right">{formatMilliseconds(sample?.averageResponseTimeMs)}</Table.Td>
      <Table.Td ta="right">
        {worker.cpuUsagePercent === null ? '–' : `${formatCount(worker.cpuUsagePercent)}%`}
      </Table.Td>
      <Table.Td ta="right">
        {worker.memoryUsageMb === null ? '–' : `${formatCount(worker.memoryUsageMb)} MB`}
      </Table.Td>
      <Table.Td>
        <Moment at={heartbeatAt} />
      </Table.Td>
    </Table.Tr>
  );
}

/** What the worker measured last, summed up over its lanes; undefined when that was too long ago. */
function useLatestSample({ id, state }: Instance) {
  const { data } = useQuery({
    ...routeQuery('listInstanceMetrics', { params: { id }, query: { limit: 20 } }),
    refetchInterval: REFRESH_MS,
    enabled: state === 'working' || state === 'draining',
  });
  const newest = data?.items[0];
  if (newest === undefined || Date.now() - Date.parse(newest.recordedAt) > FRESH_MS) return undefined;
  const together = (data?.items ?? []).filter(({ recordedAt }) => recordedAt === newest.recordedAt);
  return {
    pagesPerSecond: together.reduce((sum, { pagesPerSecond }) => sum + pagesPerSecond, 0),
    averageResponseTimeMs: newest.averageResponseTimeMs,
  };
}
