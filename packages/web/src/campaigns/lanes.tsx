import { Paper, Table, Text, Title } from '@mantine/core';
import type { ExecutionDetail } from '@outrider/shared/contract';
import { inWords } from '../display/format.js';
import { Moment } from '../display/moment.js';
import { HeadedTable } from '../display/scroll-table.js';
import { StateBadge } from '../display/state-badge.js';
import { useWorkerNames } from './use-worker-names.js';

/** The lanes of an execution that runs: which worker has each, and why one has none, in a word. */
export function Lanes({ lanes }: Pick<ExecutionDetail, 'lanes'>) {
  const names = useWorkerNames();
  return (
    <Paper withBorder p="sm">
      <Title order={2} mb="xs">
        Lanes
      </Title>
      <HeadedTable label="Lanes" minWidth={480} heads={['Lane', 'State', 'Worker', 'Heard of']}>
        {lanes.map(({ id, laneNumber, status, instanceId, waitingReason, heartbeatAt }) => (
          <Table.Tr key={id}>
            <Table.Td>{laneNumber}</Table.Td>
            <Table.Td>
              <StateBadge state={status} />
              {waitingReason === null ? null : (
                <Text size="xs" c="dimmed">
                  {inWords(waitingReason)}
                </Text>
              )}
            </Table.Td>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>
              {instanceId === null ? '–' : (names.get(instanceId) ?? instanceId.slice(0, 8))}
            </Table.Td>
            <Table.Td>
              <Moment at={heartbeatAt} />
            </Table.Td>
          </Table.Tr>
        ))}
      </HeadedTable>
    </Paper>
  );
}
