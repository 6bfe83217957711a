import { Modal, Stack } from '@mantine/core';
import type { CampaignError } from '@outrider/shared/contract';
import { useMemo, useState } from 'react';
import { useCall } from '../client/use-call.js';
import { useList } from '../client/use-list.js';
import { formatClock, formatMoment, inWords } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { LongText } from '../display/long-text.js';
import { EmptyNote } from '../display/notes.js';
import { ReadListTable } from '../display/read-list.js';
import { Facts } from '../display/stat.js';
import { StateBadge, StatusCode } from '../display/state-badge.js';
import type { VirtualColumn } from '../display/virtual-columns.js';
import { type ErrorSearch, errorFiltersOf } from './error-filters.js';
import { openColumn } from './open-column.js';
import { ResolveForm } from './resolve-form.js';

function columnsWith(onOpen: (error: CampaignError) => void): readonly VirtualColumn<CampaignError>[] {
  return [
    { name: 'Time', width: '6rem', onPhone: 'hidden', cell: ({ occurredAt }) => formatClock(occurredAt) },
    {
      name: 'Severity',
      width: '6.5rem',
      onPhone: { width: '5.5rem' },
      cell: ({ severity }) => <StateBadge state={severity} />,
    },
    {
      name: 'Code',
      width: '9rem',
      onPhone: { width: 'minmax(0, 1fr)' },
      cell: ({ errorCode }) => <LongText text={inWords(errorCode)} />,
    },
    {
      name: 'URL',
      width: 'minmax(0, 2fr)',
      onPhone: 'line',
      cell: ({ url }) => <LongText text={url} isUrl />,
    },
    {
      name: 'Message',
      width: 'minmax(0, 1.5fr)',
      onPhone: 'hidden',
      cell: ({ errorMessage }) => <LongText text={errorMessage} />,
    },
    {
      name: 'Resolved',
      width: '6rem',
      onPhone: 'hidden',
      cell: ({ resolved }) => (resolved ? 'yes' : 'no'),
    },
    openColumn(({ errorCode, url }) => `${errorCode} ${url ?? ''}`, onOpen),
  ];
}

interface ErrorListProps {
  readonly campaignId: string;
  readonly executionId: string;
  readonly search: ErrorSearch;
}

/** Errors one by one, the newest first; each opens to all that is known of it. */
export function ErrorList({ campaignId, executionId, search }: ErrorListProps) {
  const [openId, setOpenId] = useState<string | null>(null);
  const list = useList('listErrors', {
    params: { id: campaignId },
    query: { limit: 200, executionId, ...errorFiltersOf(search) },
  });
  const columns = useMemo(() => columnsWith(({ id }) => setOpenId(id)), []);
  const open = list.items.find(({ id }) => id === openId);
  return (
    <>
      <ReadListTable
        label="Errors"
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <EmptyNote title="No error is like that">Either all went well, or a filter hides them.</EmptyNote>
        }
      />
      <Modal
        opened={open !== undefined}
        onClose={() => setOpenId(null)}
        title={open === undefined ? '' : inWords(open.errorCode)}
        size="lg"
      >
        {open === undefined ? null : (
          <ErrorDetail key={open.id} error={open} onDone={() => setOpenId(null)} />
        )}
      </Modal>
    </>
  );
}

function ErrorDetail({ error, onDone }: { readonly error: CampaignError; readonly onDone: () => void }) {
  const resolve = useCall('resolveError', { changes: ['listErrors', 'listErrorGroups'], onDone });
  const { executionId, url, sourceUrl } = error;
  return (
    <Stack>
      <Facts
        rows={[
          ['Message', error.errorMessage],
          ['Type', inWords(error.errorType)],
          ['Status', <StatusCode key="status" status={error.httpStatusCode} />],
          ['URL', url === null ? '–' : <Explained key="url" executionId={executionId} url={url} />],
          [
            'Linked from',
            <span key="source" className="url">
              {sourceUrl ?? '–'}
            </span>,
          ],
          ['Tries after the first', error.retryCount],
          ['At', formatMoment(error.occurredAt)],
          ['Resolved', error.resolvedAt === null ? 'no' : formatMoment(error.resolvedAt)],
        ]}
      />
      <ResolveForm
        resolved={error.resolved}
        notes={error.resolutionNotes}
        label="Resolved"
        isPending={resolve.isPending}
        onResolve={(body) => resolve.mutate({ params: { id: error.id }, body })}
      />
    </Stack>
  );
}

function Explained({ executionId, url }: { readonly executionId: string; readonly url: string }) {
  return (
    <TextLink to="/executions/$id/explain" params={{ id: executionId }} search={{ url }} className="url">
      {url}
    </TextLink>
  );
}
