import { Select, Stack } from '@mantine/core';
import {
  CHANGED_FIELDS,
  type ChangedField,
  type ExecutionDetail,
  PAGE_CHANGE_KINDS,
  type PageChange,
} from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { routeQuery } from '../client/queries.js';
import { useChange } from '../client/use-change.js';
import { useList } from '../client/use-list.js';
import { FilterBar } from '../display/filter-bar.js';
import { formatMoment, inWords } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { ChoiceFilter, TextFilter } from '../display/list-filters.js';
import { LongText } from '../display/long-text.js';
import { EmptyNote, Shown } from '../display/notes.js';
import { ReadListTable } from '../display/read-list.js';
import { StateBadge } from '../display/state-badge.js';
import type { VirtualColumn } from '../display/virtual-columns.js';

const route = getRouteApi('/inside/executions/$id/changes');
/** Executions one chooses from. */
const CHOICE = 100;

/** Pages that are new, gone or changed since another execution of the campaign. */
export function ChangesTab() {
  const params = route.useParams();
  const query = useQuery(routeQuery('getExecution', { params }));
  return <Shown query={query}>{(execution) => <Since execution={execution} />}</Shown>;
}

function Since({ execution }: { readonly execution: ExecutionDetail }) {
  const search = route.useSearch();
  const change = useChange<typeof search>();
  const others = useQuery(
    routeQuery('listExecutions', { params: { id: execution.campaignId }, query: { limit: CHOICE } }),
  );
  const since = search.since ?? execution.previousExecutionId;
  const choice = (others.data?.items ?? [])
    .filter(({ id }) => id !== execution.id)
    .map(({ id, number, createdAt }) => ({ value: id, label: `#${number}, ${formatMoment(createdAt)}` }));
  return (
    <Stack gap="sm">
      <FilterBar>
        <Select
          aria-label="Compared with"
          placeholder="Compared with"
          data={choice}
          value={since}
          onChange={(value) => change({ since: value ?? undefined })}
          allowDeselect={false}
          className="filter-wide"
          w={270}
        />
        <ChoiceFilter
          label="Any change"
          values={PAGE_CHANGE_KINDS}
          value={search.kind}
          onChange={(kind) => change({ kind })}
        />
        <ChoiceFilter
          label="Any field"
          values={CHANGED_FIELDS}
          value={search.field}
          onChange={(field) => change({ field })}
        />
        <TextFilter label="URL contains" value={search.q} onChange={(q) => change({ q })} />
      </FilterBar>
      {since === null ? (
        <NothingBefore isFirst={execution.number === 1} />
      ) : (
        <Changes execution={execution} since={since} />
      )}
    </Stack>
  );
}

function NothingBefore({ isFirst }: { readonly isFirst: boolean }) {
  if (isFirst) {
    return (
      <EmptyNote title="There is no earlier execution">
        What changed is seen from the campaign’s second execution on.
      </EmptyNote>
    );
  }
  return (
    <EmptyNote title="No earlier execution is known">
      The one before it is not kept any more. Choose another to compare with.
    </EmptyNote>
  );
}

interface ChangesProps {
  readonly execution: ExecutionDetail;
  readonly since: string;
}

function Changes({ execution, since }: ChangesProps) {
  const { kind, field, q } = route.useSearch();
  const list = useList('listPageChanges', {
    params: { id: execution.id },
    query: { since, kind, field, urlContains: q, limit: 100 },
  });
  const columns = useMemo(() => columnsOf(execution.id, since), [execution.id, since]);
  return (
    <ReadListTable
      label="Changed pages"
      list={list}
      minWidth={760}
      columns={columns}
      keyOf={({ urlKey }) => urlKey}
      empty={
        <EmptyNote title="Nothing changed">
          {kind === undefined && field === undefined && q === undefined
            ? 'Both executions have the same pages with the same status, redirect, titles and text.'
            : 'Take a filter away to see other changes.'}
        </EmptyNote>
      }
    />
  );
}

function columnsOf(executionId: string, since: string): readonly VirtualColumn<PageChange>[] {
  return [
    {
      name: 'Change',
      width: '6.5rem',
      onPhone: { width: '6rem' },
      cell: ({ kind }) => <StateBadge state={kind} />,
    },
    {
      name: 'URL',
      width: 'minmax(0, 1.2fr)',
      onPhone: 'line',
      cell: ({ urlKey, url, kind }) => (
        <TextLink
          to="/executions/$id/urls/$key"
          params={{ id: kind === 'gone' ? since : executionId, key: urlKey }}
          className="url url-line"
          title={url}
        >
          {url}
        </TextLink>
      ),
    },
    {
      name: 'What',
      width: 'minmax(0, 1fr)',
      onPhone: { width: 'minmax(0, 1fr)' },
      cell: (change) => <LongText text={wordsOf(change)} />,
    },
  ];
}

/** A change in words: `status 200 → 301, title “A” → “B”`. */
function wordsOf({ kind, fields, before, after, instead }: PageChange): string {
  switch (kind) {
    case 'changed':
      return fields.map((field) => fieldInWords(field, before, after)).join(', ');
    case 'new':
      return `status ${after?.statusCode}; before ${standingInWords(instead)}`;
    case 'gone':
      return `had status ${before?.statusCode}; now ${standingInWords(instead)}`;
  }
}

function standingInWords(instead: PageChange['instead']): string {
  if (instead === null) return 'no page names it';
  const why = instead.failureCode ?? instead.skipReason;
  return why === null ? inWords(instead.state) : `${inWords(instead.state)} (${inWords(why)})`;
}

type Side = PageChange['before'];

function fieldInWords(field: ChangedField, before: Side, after: Side): string {
  const [was, is] = [sideValue(field, before), sideValue(field, after)];
  return was === null && is === null ? `${field} differs` : `${field} ${was ?? 'none'} → ${is ?? 'none'}`;
}

function sideValue(field: ChangedField, side: Side): string | null {
  if (side === null) return null;
  switch (field) {
    case 'status':
      return String(side.statusCode);
    case 'redirect':
      return side.redirectUrl;
    case 'title':
      return quoted(side.title);
    case 'description':
      return quoted(side.description);
    case 'h1':
      return quoted(side.h1);
    case 'canonical':
      return side.canonicalUrl;
    case 'indexability':
      return side.indexable ? 'indexable' : inWords(side.indexabilityReason ?? 'not indexable');
    case 'text':
      return null;
  }
}

function quoted(text: string | null): string | null {
  return text === null ? null : `“${text}”`;
}
