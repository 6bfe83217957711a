import type { AuditEntry } from '@outrider/shared/contract';
import { useList } from '../client/use-list.js';
import { formatMoment } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { LongText } from '../display/long-text.js';
import { EmptyNote } from '../display/notes.js';
import { ReadListTable } from '../display/read-list.js';
import type { VirtualColumn } from '../display/virtual-columns.js';

const short = (value: unknown): string => (value === null ? '–' : JSON.stringify(value));

const COLUMNS: readonly VirtualColumn<AuditEntry>[] = [
  { name: 'When', width: '12rem', onPhone: 'line', cell: ({ occurredAt }) => formatMoment(occurredAt) },
  {
    name: 'Who',
    width: 'minmax(0, 1fr)',
    cell: ({ apiKeyName }) => <LongText text={apiKeyName} />,
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
    onPhone: 'line',
    cell: ({ before, after }) => {
      const words = before === null && after === null ? '' : `${short(before)} → ${short(after)}`;
      return <LongText text={words} isUrl />;
    },
  },
  {
    name: 'From',
    width: '8rem',
    onPhone: 'hidden',
    cell: ({ remoteAddress }) => <LongText text={remoteAddress} />,
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
    <ReadListTable
      label="Audit log"
      list={list}
      columns={COLUMNS}
      keyOf={({ id }) => id}
      height="70vh"
      empty={<EmptyNote title="Nobody has changed anything yet" />}
    />
  );
}
