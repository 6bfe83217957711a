import { Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type ItemOf, listQuery } from '../client/queries.js';
import { formatCount } from '../display/format.js';
import { Moment } from '../display/moment.js';
import { MoreButton } from '../display/more-button.js';
import { EmptyNote, Shown } from '../display/notes.js';
import { RestoreButton } from '../display/restore-button.js';
import { HeadedTable } from '../display/scroll-table.js';
import { useMay } from '../session/use-session.js';
import { useRestoredCampaign } from './use-campaign-deletion.js';

/** Campaigns that were deleted and can be had back for some time. */
export function DeletedCampaigns() {
  const query = useInfiniteQuery({
    ...listQuery('listDeletedCampaigns', { query: { limit: 50 } }),
    refetchInterval: 30_000,
  });
  return (
    <Shown query={query}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        if (items.length === 0) {
          return (
            <EmptyNote title="Nothing can be restored">
              A deleted campaign stands here for a day. Then it is gone, with all that it recorded.
            </EmptyNote>
          );
        }
        return (
          <>
            <HeadedTable
              label="Deleted campaigns"
              minWidth={560}
              heads={['Campaign', { label: 'Executions', align: 'right' }, 'Deleted', 'Gone for good']}
              hasActions
            >
              {items.map((campaign) => (
                <Row key={campaign.id} campaign={campaign} />
              ))}
            </HeadedTable>
            <MoreButton label="More" query={query} />
          </>
        );
      }}
    </Shown>
  );
}

function Row({ campaign }: { readonly campaign: ItemOf<'listDeletedCampaigns'> }) {
  const { id, name, executionsTotal, deletedAt, restorableUntil } = campaign;
  const mayRestore = useMay('admin');
  const restore = useRestoredCampaign();
  return (
    <Table.Tr>
      <Table.Td maw={320}>
        <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Text>
      </Table.Td>
      <Table.Td ta="right">{formatCount(executionsTotal)}</Table.Td>
      <Table.Td>
        <Moment at={deletedAt} />
      </Table.Td>
      <Table.Td>
        <Moment at={restorableUntil} />
      </Table.Td>
      <Table.Td>
        {mayRestore ? (
          <RestoreButton
            name={name}
            isBusy={restore.isPending}
            onClick={() => restore.mutate({ params: { id } })}
          />
        ) : null}
      </Table.Td>
    </Table.Tr>
  );
}
