import { Button, Group, SegmentedControl, Table, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { type Campaign, isTerminal } from '@outrider/shared/contract';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { listQuery } from '../client/queries.js';
import { ButtonLink } from '../display/links.js';
import { EmptyNote, Shown } from '../display/notes.js';
import { PageHead } from '../display/page-head.js';
import { ScrollTable } from '../display/scroll-table.js';
import { useMay } from '../session/use-session.js';
import { CampaignRow } from './campaign-row.js';
import { FirstCampaign } from './first-campaign.js';

const route = getRouteApi('/inside/campaigns');
/** How often the list is read, in milliseconds: while something runs, and otherwise. */
const BUSY_MS = 2_000;
const QUIET_MS = 15_000;

/** All campaigns with what each is doing. */
export function CampaignsPage() {
  const { q, archived } = route.useSearch();
  const mayOperate = useMay('operator');
  const query = useInfiniteQuery({
    ...listQuery('listCampaigns', {
      query: { limit: 50, nameContains: q, status: archived === true ? 'archived' : 'active' },
    }),
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some(isBusy)) === true ? BUSY_MS : QUIET_MS,
  });
  const isFiltered = q !== undefined || archived === true;
  return (
    <>
      <PageHead
        title="Campaigns"
        actions={mayOperate ? <ButtonLink to="/campaigns/new">New campaign</ButtonLink> : null}
      />
      <Filters />
      <Shown query={query}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0 && !isFiltered && mayOperate) return <FirstCampaign />;
          if (items.length === 0) {
            return (
              <EmptyNote title="No campaign is like that">Take a filter away to see the others.</EmptyNote>
            );
          }
          return (
            <>
              <CampaignTable campaigns={items} />
              <More query={query} />
            </>
          );
        }}
      </Shown>
    </>
  );
}

function isBusy({ lastExecution }: Campaign): boolean {
  return lastExecution !== null && !isTerminal(lastExecution.status);
}

function Filters() {
  const { q = '', archived = false } = route.useSearch();
  const navigate = route.useNavigate();
  const search = useDebouncedCallback((text: string) => {
    navigate({ search: (before) => ({ ...before, q: text === '' ? undefined : text }), replace: true }).catch(
      () => undefined,
    );
  }, 250);
  return (
    <Group mb="md" gap="sm">
      <TextInput
        aria-label="Find by name"
        placeholder="Find by name"
        type="search"
        defaultValue={q}
        onChange={(event) => search(event.currentTarget.value)}
        w={240}
      />
      <SegmentedControl
        aria-label="Which campaigns"
        value={archived ? 'archived' : 'active'}
        data={[
          { value: 'active', label: 'Active' },
          { value: 'archived', label: 'Archived' },
        ]}
        onChange={(value) => {
          const wanted = value === 'archived' ? true : undefined;
          navigate({ search: (before) => ({ ...before, archived: wanted }) }).catch(() => undefined);
        }}
      />
    </Group>
  );
}

function CampaignTable({ campaigns }: { readonly campaigns: readonly Campaign[] }) {
  return (
    <ScrollTable label="Campaigns" minWidth={820}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Campaign</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th>Last execution</Table.Th>
          <Table.Th ta="right">Pages</Table.Th>
          <Table.Th ta="right">Errors</Table.Th>
          <Table.Th>Next tick</Table.Th>
          <Table.Th>
            <VisuallyHidden>Actions</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {campaigns.map((campaign) => (
          <CampaignRow key={campaign.id} campaign={campaign} />
        ))}
      </Table.Tbody>
    </ScrollTable>
  );
}

interface MoreProps {
  readonly query: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => Promise<unknown>;
  };
}

function More({ query }: MoreProps) {
  if (!query.hasNextPage) return null;
  return (
    <Group justify="center" mt="md">
      <Button
        variant="default"
        loading={query.isFetchingNextPage}
        onClick={() => {
          query.fetchNextPage().catch(() => undefined);
        }}
      >
        <Text span>More</Text>
      </Button>
    </Group>
  );
}
