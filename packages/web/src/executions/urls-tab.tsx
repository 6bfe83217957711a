import { Button, Stack } from '@mantine/core';
import { INDEXABILITY_REASONS, type PageSort, ROUTES } from '@outrider/shared/contract';
import { getRouteApi } from '@tanstack/react-router';
import { requestTarget } from '../client/request-target.js';
import { useChange } from '../client/use-change.js';
import { useList } from '../client/use-list.js';
import { ColumnChoice, useChosenColumns } from '../display/column-choice.js';
import { ExportChoice } from '../display/export-choice.js';
import { FilterBar } from '../display/filter-bar.js';
import { ChoiceFilter, FlagFilter, TextFilter } from '../display/list-filters.js';
import { EmptyNote } from '../display/notes.js';
import { ReadListTable } from '../display/read-list.js';
import { useIsPhone } from '../display/use-is-phone.js';
import { PAGE_COLUMNS, PHONE_PAGE_COLUMNS, USUAL_PAGE_COLUMNS } from './page-columns.js';

const route = getRouteApi('/inside/executions/$id/urls');
const STATUSES = ['2xx', '3xx', '4xx', '5xx', '404', '500'] as const;
/** Pixels that the usual columns want, and each that is added. */
const USUAL_WIDTH = 720;
const WIDTH_PER_COLUMN = 110;

type Search = ReturnType<typeof route.useSearch>;

/** The filters of the address, as the API has them. */
function filtersOf({ status, q, indexable, reason, untitled, depth, sort }: Search) {
  return {
    status,
    urlContains: q,
    indexable,
    indexabilityReason: reason,
    titleMissing: untitled,
    depth,
    sort,
  };
}

/** Every URL that gave an answer, filtered and sorted as the address says. */
export function UrlsTab() {
  const { id } = route.useParams();
  const search = route.useSearch();
  const change = useChange<Search>();
  const usual = useIsPhone() ? PHONE_PAGE_COLUMNS : USUAL_PAGE_COLUMNS;
  const columns = useChosenColumns('pages', PAGE_COLUMNS, usual);
  const filters = filtersOf(search);
  const list = useList('listPages', { params: { id }, query: { limit: 200, ...filters } });
  const added = Math.max(0, columns.shown.length - USUAL_PAGE_COLUMNS.length);
  return (
    <Stack gap="sm">
      <FilterBar
        actions={
          <>
            <ColumnChoice columns={columns} />
            <ExportChoice
              targetOf={(format) => requestTarget(ROUTES.exportPages, { id }, { ...filters, format })}
            />
          </>
        }
      >
        <Filters />
      </FilterBar>
      <ReadListTable
        label="Pages"
        list={list}
        columns={columns.shown}
        minWidth={USUAL_WIDTH + added * WIDTH_PER_COLUMN}
        keyOf={({ urlKey }) => urlKey}
        // The columns name no other orders than those of the API.
        sorting={{ sort: search.sort, onSort: (sort) => change({ sort: sort as PageSort | undefined }) }}
        empty={<EmptyNote title="No page is like that">Take a filter away to see more.</EmptyNote>}
      />
    </Stack>
  );
}

function Filters() {
  const search = route.useSearch();
  const change = useChange<Search>();
  const statuses: readonly string[] = STATUSES;
  const own = search.status !== undefined && !statuses.includes(search.status) ? [search.status] : [];
  return (
    <>
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
      {search.depth === undefined ? null : (
        <Button variant="light" onClick={() => change({ depth: undefined })}>
          {`${search.depth} ${search.depth === 1 ? 'click' : 'clicks'} from a seed: show all`}
        </Button>
      )}
    </>
  );
}
