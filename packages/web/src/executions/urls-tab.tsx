import { Group, Stack, Text } from '@mantine/core';
import { INDEXABILITY_REASONS, type Page } from '@outrider/shared/contract';
import { getRouteApi } from '@tanstack/react-router';
import { useList } from '../client/use-list.js';
import { formatBytes, formatCount, formatMilliseconds, inWords } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { ChoiceFilter, FlagFilter, TextFilter } from '../display/list-filters.js';
import { EmptyNote, FailureNote } from '../display/notes.js';
import { StatusCode } from '../display/state-badge.js';
import { type VirtualColumn, VirtualList } from '../display/virtual-list.js';

const route = getRouteApi('/inside/executions/$id/urls');
const STATUSES = ['2xx', '3xx', '4xx', '5xx', '404', '500'] as const;

const COLUMNS: readonly VirtualColumn<Page>[] = [
  {
    name: 'URL',
    width: 'minmax(0, 3fr)',
    cell: ({ executionId, urlKey, url }) => (
      <TextLink
        to="/executions/$id/urls/$key"
        params={{ id: executionId, key: urlKey }}
        className="url url-line"
        title={url}
      >
        {url}
      </TextLink>
    ),
  },
  { name: 'Status', width: '4.5rem', cell: ({ statusCode }) => <StatusCode status={statusCode} /> },
  {
    name: 'Title',
    width: 'minmax(0, 2fr)',
    cell: ({ title }) => (
      <span className="url-line" title={title ?? ''}>
        {title ?? (
          <Text span c="dimmed">
            {'–'}
          </Text>
        )}
      </span>
    ),
  },
  {
    name: 'Indexable',
    width: '7.5rem',
    cell: ({ indexable, indexabilityReason }) =>
      indexable ? 'yes' : `no: ${inWords(indexabilityReason ?? 'unknown')}`,
  },
  { name: 'Clicks', width: '3.5rem', align: 'end', cell: ({ depth }) => formatCount(depth) },
  { name: 'Time', width: '5rem', align: 'end', cell: ({ totalMs }) => formatMilliseconds(totalMs) },
  { name: 'Size', width: '5rem', align: 'end', cell: ({ wireBytes }) => formatBytes(wireBytes) },
];

/** Every URL that gave an answer, filtered as the address says. */
export function UrlsTab() {
  const { id } = route.useParams();
  const search = route.useSearch();
  const list = useList('listPages', {
    params: { id },
    query: {
      limit: 200,
      status: search.status,
      urlContains: search.q,
      indexable: search.indexable,
      indexabilityReason: search.reason,
      titleMissing: search.untitled,
      sort: search.slowest === true ? 'slowest' : undefined,
    },
  });
  return (
    <Stack gap="sm">
      <Filters />
      {list.error !== null && list.items.length === 0 ? (
        <FailureNote error={list.error} onRetry={list.onRetry} />
      ) : (
        <VirtualList
          label="Pages"
          columns={COLUMNS}
          keyOf={({ urlKey }) => urlKey}
          {...list}
          empty={<EmptyNote title="No page is like that">Take a filter away to see more.</EmptyNote>}
        />
      )}
      <Text size="sm" c="dimmed" role="status">
        {formatCount(list.items.length)} shown{list.hasMore ? ', and there are more' : ''}
      </Text>
    </Stack>
  );
}

type Search = ReturnType<typeof route.useSearch>;

function Filters() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: Partial<Search>): void => {
    navigate({ search: (before) => ({ ...before, ...part }), replace: true }).catch(() => undefined);
  };
  const statuses: readonly string[] = STATUSES;
  const own = search.status !== undefined && !statuses.includes(search.status) ? [search.status] : [];
  return (
    <Group gap="sm">
      <TextFilter label="URL contains" value={search.q} onChange={(q) => change({ q })} />
      <ChoiceFilter
        label="Status"
        values={[...statuses, ...own]}
        value={search.status}
        onChange={(status) => change({ status })}
        width={120}
      />
      <ChoiceFilter
        label="Not indexable since"
        values={INDEXABILITY_REASONS}
        value={search.reason}
        onChange={(reason) => change({ reason })}
        width={180}
      />
      <FlagFilter
        label="Without a title"
        value={search.untitled}
        onChange={(untitled) => change({ untitled })}
      />
      <FlagFilter label="Slowest first" value={search.slowest} onChange={(slowest) => change({ slowest })} />
    </Group>
  );
}
