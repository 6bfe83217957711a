import { Group, SegmentedControl } from '@mantine/core';
import { isTerminal, type ListedCampaign, MOST_COMPARED } from '@outrider/shared/contract';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { listQuery } from '../client/queries.js';
import { useChange } from '../client/use-change.js';
import { ButtonLink } from '../display/links.js';
import { TextFilter } from '../display/list-filters.js';
import { MoreButton } from '../display/more-button.js';
import { EmptyNote, Shown } from '../display/notes.js';
import { PageHead } from '../display/page-head.js';
import { type Head, HeadedTable } from '../display/scroll-table.js';
import { useMay } from '../session/use-session.js';
import { CampaignRow } from './campaign-row.js';
import { DeletedCampaigns } from './deleted-campaigns.js';
import { FirstCampaign } from './first-campaign.js';

const route = getRouteApi('/inside/campaigns');
/** How often the list is read, in milliseconds: while something runs, and otherwise. */
const BUSY_MS = 2_000;
const QUIET_MS = 15_000;

/** All campaigns with what each is doing. */
export function CampaignsPage() {
  const { deleted = false } = route.useSearch();
  const mayOperate = useMay('operator');
  const query = useListedCampaigns(!deleted);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const shown = query.data?.pages.flatMap(({ items }) => items.map(({ id }) => id)) ?? [];
  return (
    <>
      <PageHead
        title="Campaigns"
        actions={
          <>
            {deleted ? null : <CompareChosen ids={chosen.filter((id) => shown.includes(id))} />}
            {mayOperate ? <ButtonLink to="/campaigns/new">New campaign</ButtonLink> : null}
          </>
        }
      />
      <Filters />
      {deleted ? <DeletedCampaigns /> : <Listed query={query} chosen={chosen} onChoose={setChosen} />}
    </>
  );
}

/** The campaigns that the filters let through. */
function useListedCampaigns(isWanted: boolean) {
  const { q, archived } = route.useSearch();
  return useInfiniteQuery({
    ...listQuery('listCampaigns', {
      query: {
        ...{ limit: 50, include: 'activity', nameContains: q },
        status: archived === true ? 'archived' : 'active',
      },
    }),
    enabled: isWanted,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some(isBusy)) === true ? BUSY_MS : QUIET_MS,
  });
}

interface Choice {
  readonly chosen: readonly string[];
  readonly onChoose: (ids: readonly string[]) => void;
}

interface ListedProps extends Choice {
  readonly query: ReturnType<typeof useListedCampaigns>;
}

function Listed({ query, chosen, onChoose }: ListedProps) {
  const { q, archived } = route.useSearch();
  const mayOperate = useMay('operator');
  const isFiltered = q !== undefined || archived === true;
  return (
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
            <CampaignTable campaigns={items} chosen={chosen} onChoose={onChoose} />
            <MoreButton label="More" query={query} />
          </>
        );
      }}
    </Shown>
  );
}

function isBusy({ lastExecution }: ListedCampaign): boolean {
  return lastExecution !== null && !isTerminal(lastExecution.status);
}

function Filters() {
  const { q, archived = false, deleted = false } = route.useSearch();
  const shown = deleted ? 'deleted' : archived ? 'archived' : 'active';
  const navigate = route.useNavigate();
  const change = useChange<ReturnType<typeof route.useSearch>>();
  return (
    <Group mb="md" gap="sm">
      <TextFilter label="Find by name" value={q} onChange={(name) => change({ q: name })} />
      <SegmentedControl
        aria-label="Which campaigns"
        value={shown}
        data={[
          { value: 'active', label: 'Active' },
          { value: 'archived', label: 'Archived' },
          { value: 'deleted', label: 'Deleted' },
        ]}
        onChange={(value) => {
          const wanted = {
            archived: value === 'archived' ? true : undefined,
            deleted: value === 'deleted' ? true : undefined,
          };
          navigate({ search: (before) => ({ ...before, ...wanted }) }).catch(() => undefined);
        }}
      />
    </Group>
  );
}

/** Leads to the comparison of those that are chosen and still shown, from two on. */
function CompareChosen({ ids }: { readonly ids: readonly string[] }) {
  if (ids.length < 2) return null;
  const compared = ids.slice(0, MOST_COMPARED);
  return (
    <ButtonLink to="/campaigns/compare" search={{ ids: compared.join(',') }} variant="default">
      Compare {compared.length}
      {ids.length > compared.length ? ` of ${ids.length}` : ''}
    </ButtonLink>
  );
}

const HEADS: readonly (string | Head)[] = [
  { label: 'Compare', isHidden: true },
  ...['Campaign', 'State', 'Last execution', 'Pages of executions'],
  { label: 'Pages', align: 'right' },
  { label: 'Errors', align: 'right' },
  'Next tick',
];

interface CampaignTableProps extends Choice {
  readonly campaigns: readonly ListedCampaign[];
}

function CampaignTable({ campaigns, chosen, onChoose }: CampaignTableProps) {
  return (
    <HeadedTable label="Campaigns" minWidth={940} heads={HEADS} hasActions>
      {campaigns.map((campaign) => (
        <CampaignRow
          key={campaign.id}
          campaign={campaign}
          isChosen={chosen.includes(campaign.id)}
          onChoose={(isChosen) =>
            onChoose(isChosen ? [...chosen, campaign.id] : chosen.filter((id) => id !== campaign.id))
          }
        />
      ))}
    </HeadedTable>
  );
}
