import { Title } from '@mantine/core';
import type { PageVersion } from '@outrider/shared/contract';
import { useList } from '../client/use-list.js';
import { formatMilliseconds, formatMoment, NOTHING } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { LongText } from '../display/long-text.js';
import { EmptyNote } from '../display/notes.js';
import { ReadListTable } from '../display/read-list.js';
import { StatusCode } from '../display/state-badge.js';
import type { VirtualColumn } from '../display/virtual-columns.js';

const CONTENT: Readonly<Record<NonNullable<PageVersion['content']>, string>> = {
  first: 'first seen',
  same: 'the same',
  changed: 'changed',
};

const COLUMNS: readonly VirtualColumn<PageVersion>[] = [
  {
    name: 'Execution',
    width: '6rem',
    cell: ({ executionId, executionNumber, urlKey }) => (
      <TextLink to="/executions/$id/urls/$key" params={{ id: executionId, key: urlKey }}>
        #{executionNumber}
      </TextLink>
    ),
  },
  { name: 'Fetched', width: '13rem', onPhone: 'line', cell: ({ fetchedAt }) => formatMoment(fetchedAt) },
  { name: 'Status', width: '4.5rem', cell: ({ statusCode }) => <StatusCode status={statusCode} /> },
  {
    name: 'Text',
    width: '6rem',
    cell: ({ content }) => (content === null ? NOTHING : CONTENT[content]),
  },
  { name: 'Indexable', width: '5.5rem', cell: ({ indexable }) => (indexable ? 'yes' : 'no') },
  { name: 'Time', width: '5rem', align: 'end', cell: ({ totalMs }) => formatMilliseconds(totalMs) },
  {
    name: 'Title',
    width: 'minmax(8rem, 1fr)',
    onPhone: 'hidden',
    cell: ({ title }) => <LongText text={title} />,
  },
];

interface PageHistoryProps {
  readonly campaignId: string;
  readonly urlKey: string;
}

/** What the URL answered in each execution of its campaign. */
export function PageHistory({ campaignId, urlKey }: PageHistoryProps) {
  const list = useList('listPageHistory', { params: { id: campaignId, key: urlKey }, query: { limit: 50 } });
  return (
    <>
      <Title order={2}>In other executions</Title>
      <ReadListTable
        label="The URL in the executions of its campaign"
        height="30vh"
        list={list}
        columns={COLUMNS}
        keyOf={({ executionId }) => executionId}
        empty={<EmptyNote title="It was fetched in no execution" />}
      />
    </>
  );
}
