import { Stack } from '@mantine/core';
import type { AuditEntry } from '@outrider/shared/contract';
import { useList } from '../client/use-list.js';
import { formatMoment } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { EmptyNote, FailureNote } from '../display/notes.js';
import { type VirtualColumn, VirtualList } from '../display/virtual-list.js';

const short = (value: unknown): string => (value === null ? '–' : JSON.stringify(value));

const COLUMNS: readonly VirtualColumn<AuditEntry>[] = [
  { name: 'When', width: '12rem', cell: ({ occurredAt }) => formatMoment(occurredAt) },
  {
    name: 'Who',
    width: 'minmax(0, 1fr)',
    cell: ({ apiKeyName }) => <span className="url-line">{apiKeyName}</span>,
  },
  { name: 'Did', width: '11rem', cell: ({ action }) => action },
  {
    name: 'On',
    width: '7rem',
    cell: ({ subjectType, campaignId, executionId }) => (
      <Subject subjectType={subjectType} campaignId={campaignId} executionId={executionId} />
    ),
  },
  {
    name: 'Change',
    width: 'minmax(0, 2fr)',
    cell: ({ before, after }) => {
      const words = before === null && after === null ? '' : `${short(before)} → ${short(after)}`;
      return (
        <span className="url url-line" title={words}>
          {words}
        </span>
      );
    },
  },
  {
    name: 'From',
    width: '8rem',
    cell: ({ remoteAddress }) => <span className="url-line">{remoteAddress}</span>,
  },
];

function Subject(props: Pick<AuditEntry, 'subjectType' | 'campaignId' | 'executionId'>) {
  const { subjectType, campaignId, executionId } = props;
  if (executionId !== null) {
    return (
      <TextLink to="/executions/$id" params={{ id: executionId }}>
        {subjectType}
      </TextLink>
    );
  }
  if (campaignId === null) return <>{subjectType}</>;
  return (
    <TextLink to="/campaigns/$id" params={{ id: campaignId }}>
      {subjectType}
    </TextLink>
  );
}

/** Who changed what, newest first. */
export function AuditLog() {
  const list = useList('listAuditLog', { query: { limit: 100 } });
  return (
    <Stack>
      {list.error !== null && list.items.length === 0 ? (
        <FailureNote error={list.error} onRetry={list.onRetry} />
      ) : (
        <VirtualList
          label="Audit log"
          columns={COLUMNS}
          keyOf={({ id }) => id}
          {...list}
          height="70vh"
          empty={<EmptyNote title="Nobody has changed anything yet" />}
        />
      )}
    </Stack>
  );
}
