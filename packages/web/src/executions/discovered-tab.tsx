import { Stack } from '@mantine/core';
import {
  DISCOVERY_METHODS,
  type DiscoveredUrl,
  ROUTES,
  SKIP_REASON_NAMES,
  TARGET_STATES,
} from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { requestTarget } from '../client/request-target.js';
import { useChange } from '../client/use-change.js';
import { useList } from '../client/use-list.js';
import { ExportChoice } from '../display/export-choice.js';
import { FilterBar } from '../display/filter-bar.js';
import { formatCount, inWords } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { ChoiceFilter, TextFilter } from '../display/list-filters.js';
import { LongText } from '../display/long-text.js';
import { EmptyNote, Shown } from '../display/notes.js';
import { ReadListTable } from '../display/read-list.js';
import { StateBadge } from '../display/state-badge.js';
import type { VirtualColumn } from '../display/virtual-columns.js';
import { executionQuery } from './execution-layout.js';

const route = getRouteApi('/inside/executions/$id/discovered');

const COLUMNS: readonly VirtualColumn<DiscoveredUrl>[] = [
  {
    name: 'URL',
    width: 'minmax(0, 3fr)',
    onPhone: 'line',
    cell: ({ executionId, discoveredUrl }) => (
      <TextLink
        to="/executions/$id/explain"
        params={{ id: executionId }}
        search={{ url: discoveredUrl }}
        className="url url-line"
        title={discoveredUrl}
      >
        {discoveredUrl}
      </TextLink>
    ),
  },
  {
    name: 'State',
    width: '6.5rem',
    onPhone: { width: '6rem' },
    cell: ({ state }) => <StateBadge state={state ?? 'skipped'} />,
  },
  {
    name: 'Why not',
    width: 'minmax(0, 1.4fr)',
    onPhone: { width: 'minmax(0, 1fr)' },
    cell: ({ skipReason, skipRule }) =>
      skipReason === null ? null : (
        <LongText text={`${inWords(skipReason)}${skipRule === null ? '' : `: ${skipRule}`}`} />
      ),
  },
  {
    name: 'Found by',
    width: '5.5rem',
    onPhone: { width: '4.5rem' },
    cell: ({ discoveryMethod }) => discoveryMethod,
  },
  {
    name: 'Found on',
    width: 'minmax(0, 1.4fr)',
    onPhone: 'hidden',
    cell: ({ sourceUrl }) => <LongText text={sourceUrl} isUrl />,
  },
  {
    name: 'Clicks',
    width: '3.5rem',
    align: 'end',
    onPhone: { width: '3rem' },
    cell: ({ urlDepth }) => formatCount(urlDepth),
  },
];

type Search = ReturnType<typeof route.useSearch>;

/** The filters of the address, as the API has them. What was skipped may never have been taken up, and then has no state. */
function filtersOf({ state, skipReason, method, q }: Search) {
  return {
    ...(state === 'skipped' ? { shouldCrawl: false } : { state }),
    ...{ skipReason, discoveryMethod: method, urlContains: q },
  };
}

/** Every distinct URL that the execution met, with the decision on it. */
export function DiscoveredTab() {
  const { id } = route.useParams();
  const search = route.useSearch();
  const execution = useQuery(executionQuery(id));
  return (
    <Stack gap="sm">
      <FilterBar
        actions={
          <ExportChoice
            targetOf={(format) =>
              requestTarget(ROUTES.exportDiscoveredUrls, { id }, { ...filtersOf(search), format })
            }
          />
        }
      >
        <Filters />
      </FilterBar>
      <Shown query={execution}>{({ campaignId }) => <Discovered campaignId={campaignId} />}</Shown>
    </Stack>
  );
}

function Discovered({ campaignId }: { readonly campaignId: string }) {
  const { id: executionId } = route.useParams();
  const search = route.useSearch();
  const list = useList('listDiscoveredUrls', {
    params: { id: campaignId },
    query: { limit: 200, executionId, ...filtersOf(search) },
  });
  return (
    <ReadListTable
      label="Discovered URLs"
      list={list}
      columns={COLUMNS}
      keyOf={({ urlHash }) => urlHash}
      empty={<EmptyNote title="No URL is like that">Take a filter away to see more.</EmptyNote>}
    />
  );
}

function Filters() {
  const search = route.useSearch();
  const change = useChange<Search>();
  return (
    <>
      <TextFilter label="URL contains" value={search.q} onChange={(q) => change({ q })} />
      <ChoiceFilter
        label="State"
        values={TARGET_STATES}
        value={search.state}
        onChange={(state) => change({ state })}
        width={130}
      />
      <ChoiceFilter
        label="Skip reason"
        values={SKIP_REASON_NAMES}
        value={search.skipReason}
        onChange={(skipReason) => change({ skipReason })}
        width={190}
      />
      <ChoiceFilter
        label="Found by"
        values={DISCOVERY_METHODS}
        value={search.method}
        onChange={(method) => change({ method })}
        width={130}
      />
    </>
  );
}
