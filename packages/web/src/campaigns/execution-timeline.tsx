import { Paper, Table, Text, Title } from '@mantine/core';
import type { Execution } from '@outrider/shared/contract';
import { useInfiniteQuery } from '@tanstack/react-query';
import { listQuery } from '../client/queries.js';
import { formatCount, formatDuration, inWords } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { Moment } from '../display/moment.js';
import { MoreButton } from '../display/more-button.js';
import { Shown } from '../display/notes.js';
import { HeadedTable } from '../display/scroll-table.js';
import { StateBadge } from '../display/state-badge.js';

/** A campaign's executions, newest first, each with a bar as long as it took, beside the others. */
export function ExecutionTimeline({ campaignId }: { readonly campaignId: string }) {
  const query = useInfiniteQuery(
    listQuery('listExecutions', { params: { id: campaignId }, query: { limit: 20 } }),
  );
  return (
    <Paper withBorder p="sm">
      <Title order={2} mb="xs">
        Executions
      </Title>
      <Shown query={query} lines={3}>
        {({ pages }) => {
          const executions = pages.flatMap(({ items }) => items);
          if (executions.length === 0) return <Text c="dimmed">None yet.</Text>;
          return <Timeline executions={executions} />;
        }}
      </Shown>
      <MoreButton label="Earlier ones" query={query} />
    </Paper>
  );
}

function Timeline({ executions }: { readonly executions: readonly Execution[] }) {
  const longest = Math.max(1, ...executions.map(({ durationSeconds }) => durationSeconds ?? 0));
  return (
    <HeadedTable
      label="Executions"
      minWidth={560}
      heads={[
        'Execution',
        'State',
        'Began',
        'Took',
        { label: 'Pages', align: 'right' },
        { label: 'Errors', align: 'right' },
      ]}
    >
      {executions.map((execution) => (
        <Table.Tr key={execution.id}>
          <Table.Td>
            <TextLink to="/executions/$id" params={{ id: execution.id }} fw={600}>
              #{execution.number}
            </TextLink>
            <Text size="xs" c="dimmed">
              {inWords(execution.executionType)}
            </Text>
          </Table.Td>
          <Table.Td>
            <StateBadge state={execution.status} />
          </Table.Td>
          <Table.Td>
            <Moment at={execution.startedAt ?? execution.createdAt} />
          </Table.Td>
          <Table.Td miw={140}>
            <div aria-hidden="true" style={barStyle((execution.durationSeconds ?? 0) / longest)} />
            <Text size="xs" c="dimmed">
              {formatDuration(execution.durationSeconds)}
            </Text>
          </Table.Td>
          <Table.Td ta="right">{formatCount(execution.pagesCrawled)}</Table.Td>
          <Table.Td ta="right">{formatCount(execution.errorsEncountered)}</Table.Td>
        </Table.Tr>
      ))}
    </HeadedTable>
  );
}

function barStyle(share: number): React.CSSProperties {
  return {
    background: 'var(--outrider-fetched)',
    borderRadius: 2,
    height: 6,
    minWidth: 2,
    width: `${Math.round(share * 100)}%`,
  };
}
