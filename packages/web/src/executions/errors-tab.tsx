import { Button, Group, Modal, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { type CampaignError, CRAWL_ERROR_TYPES, SEVERITIES } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useCall } from '../client/use-call.js';
import { useList } from '../client/use-list.js';
import { formatClock, formatCount, formatMoment, inWords } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { ChoiceFilter, TextFilter } from '../display/list-filters.js';
import { EmptyNote, FailureNote, Shown } from '../display/notes.js';
import { Facts } from '../display/stat.js';
import { StateBadge, StatusCode } from '../display/state-badge.js';
import { type VirtualColumn, VirtualList } from '../display/virtual-list.js';
import { useMay } from '../session/use-session.js';
import { executionQuery } from './execution-layout.js';

const route = getRouteApi('/inside/executions/$id/errors');

/** What went wrong in an execution, to be worked through: each can be resolved with a note. */
export function ErrorsTab() {
  const { id } = route.useParams();
  const execution = useQuery(executionQuery(id));
  return (
    <Stack gap="sm">
      <Filters />
      <Shown query={execution}>{({ campaignId }) => <Errors campaignId={campaignId} />}</Shown>
    </Stack>
  );
}

function columnsWith(onOpen: (error: CampaignError) => void): readonly VirtualColumn<CampaignError>[] {
  return [
    { name: 'Time', width: '6rem', cell: ({ occurredAt }) => formatClock(occurredAt) },
    { name: 'Severity', width: '6.5rem', cell: ({ severity }) => <StateBadge state={severity} /> },
    { name: 'Code', width: '9rem', cell: ({ errorCode }) => inWords(errorCode) },
    {
      name: 'URL',
      width: 'minmax(0, 2fr)',
      cell: ({ url }) => (
        <span className="url url-line" title={url ?? ''}>
          {url}
        </span>
      ),
    },
    {
      name: 'Message',
      width: 'minmax(0, 1.5fr)',
      cell: ({ errorMessage }) => (
        <span className="url-line" title={errorMessage}>
          {errorMessage}
        </span>
      ),
    },
    { name: 'Resolved', width: '6rem', cell: ({ resolved }) => (resolved ? 'yes' : 'no') },
    {
      name: 'More',
      width: '4rem',
      cell: (error) => (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`Open ${error.errorCode} ${error.url ?? ''}`}
          onClick={() => onOpen(error)}
        >
          Open
        </Button>
      ),
    },
  ];
}

function Errors({ campaignId }: { readonly campaignId: string }) {
  const { id: executionId } = route.useParams();
  const { type, severity, code, resolved, q } = route.useSearch();
  const [openId, setOpenId] = useState<string | null>(null);
  const list = useList('listErrors', {
    params: { id: campaignId },
    query: { limit: 200, executionId, errorType: type, severity, errorCode: code, resolved, urlContains: q },
  });
  const columns = useMemo(() => columnsWith(({ id }) => setOpenId(id)), []);
  const open = list.items.find(({ id }) => id === openId);
  if (list.error !== null && list.items.length === 0)
    return <FailureNote error={list.error} onRetry={list.onRetry} />;
  return (
    <>
      <VirtualList
        label="Errors"
        columns={columns}
        keyOf={({ id }) => id}
        {...list}
        empty={
          <EmptyNote title="No error is like that">Either all went well, or a filter hides them.</EmptyNote>
        }
      />
      <Text size="sm" c="dimmed" role="status">
        {formatCount(list.items.length)} shown{list.hasMore ? ', and there are more' : ''}
      </Text>
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
  const mayOperate = useMay('operator');
  const [notes, setNotes] = useState(error.resolutionNotes ?? '');
  const resolve = useCall('resolveError', { changes: ['listErrors'], onDone });
  const set = (resolved: boolean): void => {
    const body = notes.trim() === '' ? { resolved } : { resolved, resolutionNotes: notes.trim() };
    resolve.mutate({ params: { id: error.id }, body });
  };
  return (
    <Stack>
      <Facts
        rows={[
          ['Message', error.errorMessage],
          ['Type', inWords(error.errorType)],
          ['Status', <StatusCode key="status" status={error.httpStatusCode} />],
          [
            'URL',
            error.url === null ? (
              '–'
            ) : (
              <Explained key="url" executionId={error.executionId} url={error.url} />
            ),
          ],
          [
            'Linked from',
            <span key="source" className="url">
              {error.sourceUrl ?? '–'}
            </span>,
          ],
          ['Tries after the first', error.retryCount],
          ['At', formatMoment(error.occurredAt)],
          ['Resolved', error.resolvedAt === null ? 'no' : formatMoment(error.resolvedAt)],
        ]}
      />
      {mayOperate ? (
        <>
          <Textarea
            label="Notes"
            autosize
            minRows={2}
            maxLength={5_000}
            value={notes}
            onChange={(event) => setNotes(event.currentTarget.value)}
          />
          <Group>
            <Button loading={resolve.isPending} onClick={() => set(!error.resolved)}>
              {error.resolved ? 'Open it again' : 'Resolved'}
            </Button>
          </Group>
        </>
      ) : (
        <Text>{error.resolutionNotes}</Text>
      )}
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

type Search = ReturnType<typeof route.useSearch>;

function Filters() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: Partial<Search>): void => {
    navigate({ search: (before) => ({ ...before, ...part }), replace: true }).catch(() => undefined);
  };
  const shown = { true: 'resolved', false: 'open' }[String(search.resolved)] ?? 'all';
  return (
    <Group gap="sm">
      <TextFilter label="URL contains" value={search.q} onChange={(q) => change({ q })} />
      <ChoiceFilter
        label="Type"
        values={CRAWL_ERROR_TYPES}
        value={search.type}
        onChange={(type) => change({ type })}
        width={140}
      />
      <ChoiceFilter
        label="Severity"
        values={SEVERITIES}
        value={search.severity}
        onChange={(severity) => change({ severity })}
        width={130}
      />
      <TextFilter label="Code" value={search.code} onChange={(code) => change({ code })} />
      <SegmentedControl
        aria-label="Which errors"
        data={[
          { value: 'all', label: 'All' },
          { value: 'open', label: 'Open' },
          { value: 'resolved', label: 'Resolved' },
        ]}
        value={shown}
        onChange={(value) => change({ resolved: { open: false, resolved: true }[value] })}
      />
    </Group>
  );
}
