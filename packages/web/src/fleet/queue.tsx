import { Table, Text, Tooltip } from '@mantine/core';
import { WAITING_REASONS } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { routeQuery } from '../client/queries.js';
import { formatDuration, inWords } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { Moment } from '../display/moment.js';
import { Shown } from '../display/notes.js';
import { HeadedTable } from '../display/scroll-table.js';

/** Executions that wait for a worker, next first, each with the reason. */
export function Queue() {
  const query = useQuery({ ...routeQuery('listQueue', { query: { limit: 100 } }), refetchInterval: 3_000 });
  return (
    <Shown query={query} lines={2}>
      {({ items }) =>
        items.length === 0 ? (
          <Text c="dimmed">Nothing waits.</Text>
        ) : (
          <HeadedTable
            label="Queue"
            minWidth={640}
            heads={['Execution', 'Place', 'Priority', 'Waits because', 'Since', 'For about']}
          >
            {items.map((waiting) => (
              <Table.Tr key={waiting.executionId}>
                <Table.Td>
                  <TextLink to="/executions/$id" params={{ id: waiting.executionId }}>
                    {waiting.campaignName} #{waiting.number}
                  </TextLink>
                </Table.Td>
                <Table.Td>{waiting.position}</Table.Td>
                <Table.Td>{waiting.priority}</Table.Td>
                <Table.Td>
                  <Tooltip label={WAITING_REASONS[waiting.reason]}>
                    <span>{inWords(waiting.reason)}</span>
                  </Tooltip>
                </Table.Td>
                <Table.Td>
                  <Moment at={waiting.waitingSince} />
                </Table.Td>
                <Table.Td>
                  {waiting.estimatedSeconds === null
                    ? 'nobody can know'
                    : formatDuration(waiting.estimatedSeconds)}
                </Table.Td>
              </Table.Tr>
            ))}
          </HeadedTable>
        )
      }
    </Shown>
  );
}
