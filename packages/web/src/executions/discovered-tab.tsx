import { Group, Stack } from '@mantine/core';
import {
  DISCOVERY_METHODS,
  type DiscoveredUrl,
  SKIP_REASON_NAMES,
  TARGET_STATES,
} from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useChange } from '../client/use-change.js';
import { useList } from '../client/use-list.js';
import { formatCount, inWords } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { ChoiceFilter, TextFilter } from '../display/list-filters.js';
import { EmptyNote, Shown } from '../display/notes.js';
import { ReadListTable } from '../display/read-list.js';
import { StateBadge } from '../display/state-badge.js';
import type { VirtualColumn } from '../display/virtual-list.js';
import { executionQuery } from './execution-layout.js';

const route = getRouteApi('/inside/executions/$id/discovered');

const COLUMNS: readonly VirtualColumn<DiscoveredUrl>[] = [
  {
    name: 'URL',
    width: 'minmax(0, 3fr)',
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
  { name: 'State', width: '6.5rem', cell: ({ state }) => <StateBadge state={state ?? 'skipped'} /> },
  {
    name: 'Why not',
    width: 'minmax(0, 1.4fr)',
    cell: ({ skipReason, skipRule }) =>
      skipReason === null ? null : (
        <span className="url-line" title={skipRule ?? ''}>
          {inWords(skipReason)}
          {skipRule === null ? '' : `: ${skipRule}`}
        </span>
      ),
  },
  { name: 'Found by', width: '5.5rem', cell: ({ discoveryMethod }) => discoveryMethod },
  {
    name: 'Found on',
    width: 'minmax(0, 1.4fr)',
    cell: ({ sourceUrl }) => (
      <span className="url url-line" title={sourceUrl ?? ''}>
        {sourceUrl}
      </span>
    ),
  },
  { name: 'Clicks', width: '3.5rem', align: 'end', cell: ({ urlDepth }) => formatCount(urlDepth) },
];

/** Every distinct URL that the execution met, with the decision on it. */
export function DiscoveredTab() {
  const { id } = route.useParams();
  const execution = useQuery(executionQuery(id));
  return (
    <Stack gap="sm">
      <Filters />
      <Shown query={execution}>{({ campaignId }) => <Discovered campaignId={campaignId} />}</Shown>
    </Stack>
  );
}

function Discovered({ campaignId }: { readonly campaignId: string }) {
  const { id: executionId } = route.useParams();
  const { state, skipReason, method, q } = route.useSearch();
  const list = useList('listDiscoveredUrls', {
    params: { id: campaignId },
    query: { limit: 200, executionId, state, skipReason, discoveryMethod: method, urlContains: q },
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
  const change = useChange<typeof search>();
  return (
    <Group gap="sm">
      <TextFilter label="URL contains" value={search.q} onChange={(q) => change({ q })} />
      <ChoiceFilter
        label="State"
        values={TARGET_STATES}
        value={search.state}
        onChange={(state) => change({ state })}
        width={130}
      />
      <ChoiceFilter
        label="Skipped because"
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
    </Group>
  );
}
