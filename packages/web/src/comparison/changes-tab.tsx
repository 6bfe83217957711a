import { Group, Select, Stack, Text } from '@mantine/core';
import {
  CHANGED_FIELDS,
  type ChangedField,
  type ExecutionDetail,
  PAGE_CHANGE_KINDS,
  type PageChange,
} from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { routeQuery } from '../client/queries.js';
import { useList } from '../client/use-list.js';
import { formatMoment, inWords } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { ChoiceFilter, TextFilter } from '../display/list-filters.js';
import { EmptyNote, FailureNote, Shown } from '../display/notes.js';
import { StateBadge } from '../display/state-badge.js';
import { type VirtualColumn, VirtualList } from '../display/virtual-list.js';

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
  const navigate = route.useNavigate();
  const others = useQuery(
    routeQuery('listExecutions', { params: { id: execution.campaignId }, query: { limit: CHOICE } }),
  );
  const since = search.since ?? execution.previousExecutionId;
  const change = (wanted: Partial<typeof search>): void => {
    navigate({ search: (before) => ({ ...before, ...wanted }), replace: true }).catch(() => undefined);
  };
  const choice = (others.data?.items ?? [])
    .filter(({ id }) => id !== execution.id)
    .map(({ id, number, createdAt }) => ({ value: id, label: `#${number}, ${formatMoment(createdAt)}` }));
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Select
          aria-label="Compared with"
          placeholder="Compared with"
          data={choice}
          value={since}
          onChange={(value) => change({ since: value ?? undefined })}
          allowDeselect={false}
          w={270}
        />
        <ChoiceFilter
          label="Any change"
          values={PAGE_CHANGE_KINDS}
          value={search.kind}
          onChange={(kind) => change({ kind })}
        />
        <ChoiceFilter
          label="Whatever differs"
          values={CHANGED_FIELDS}
          value={search.field}
          onChange={(field) => change({ field })}
        />
        <TextFilter label="Part of the URL" value={search.q} onChange={(q) => change({ q })} />
      </Group>
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
  if (list.error !== null && list.items.length === 0) {
    return <FailureNote error={list.error} onRetry={list.onRetry} />;
  }
  return (
    <>
      <Text size="sm" c="dimmed" role="status">
        {list.items.length} shown
        {list.hasMore ? ', more to come' : ''}
      </Text>
      <VirtualList
        label="Changed pages"
        minWidth={760}
        columns={columnsOf(execution.id, since)}
        keyOf={({ urlKey }) => urlKey}
        {...list}
        empty={
          <EmptyNote title="Nothing changed">
            {kind === undefined && field === undefined && q === undefined
              ? 'Both executions have the same pages with the same status, redirect, titles and text.'
              : 'Take a filter away to see other changes.'}
          </EmptyNote>
        }
      />
    </>
  );
}

function columnsOf(executionId: string, since: string): readonly VirtualColumn<PageChange>[] {
  return [
    { name: 'Change', width: '6.5rem', cell: ({ kind }) => <StateBadge state={kind} /> },
    {
      name: 'URL',
      width: 'minmax(0, 1.2fr)',
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
    { name: 'What', width: 'minmax(0, 1fr)', cell: (change) => <What change={change} /> },
  ];
}

function What({ change }: { readonly change: PageChange }) {
  const words = wordsOf(change);
  return (
    <span className="url-line" title={words}>
      {words}
    </span>
  );
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
