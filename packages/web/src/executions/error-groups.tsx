import { Modal, Stack, Text } from '@mantine/core';
import type { ErrorGroup } from '@outrider/shared/contract';
import { useMemo, useState } from 'react';
import { useCall } from '../client/use-call.js';
import { useList } from '../client/use-list.js';
import { formatCount, formatMoment, inWords } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { LongText } from '../display/long-text.js';
import { Moment } from '../display/moment.js';
import { EmptyNote } from '../display/notes.js';
import { ReadListTable } from '../display/read-list.js';
import { Facts } from '../display/stat.js';
import { StateBadge } from '../display/state-badge.js';
import type { VirtualColumn } from '../display/virtual-columns.js';
import type { ErrorSearch } from './error-filters.js';
import { openColumn } from './open-column.js';
import { ResolveForm } from './resolve-form.js';

const keyOf = ({ errorType, errorCode, host }: ErrorGroup): string =>
  JSON.stringify([errorType, errorCode, host]);
const nameOf = ({ errorCode, host }: ErrorGroup): string =>
  host === null ? inWords(errorCode) : `${inWords(errorCode)} on ${host}`;

function columnsWith(
  executionId: string,
  onOpen: (group: ErrorGroup) => void,
): readonly VirtualColumn<ErrorGroup>[] {
  return [
    {
      name: 'What',
      width: 'minmax(8rem, 1.2fr)',
      onPhone: 'line',
      cell: (group) => <Rows executionId={executionId} group={group} label={inWords(group.errorCode)} />,
    },
    {
      name: 'Severity',
      width: '6.5rem',
      onPhone: { width: '5.5rem' },
      cell: ({ severity }) => <StateBadge state={severity} />,
    },
    {
      name: 'Errors',
      width: '5rem',
      align: 'end',
      onPhone: { width: '3.5rem' },
      cell: ({ count }) => formatCount(count),
    },
    {
      name: 'Unresolved',
      width: '6rem',
      align: 'end',
      onPhone: 'hidden',
      cell: ({ unresolved }) => formatCount(unresolved),
    },
    {
      name: 'Host',
      width: 'minmax(6rem, 1fr)',
      onPhone: { width: 'minmax(0, 1fr)' },
      cell: ({ host }) => <LongText text={host} isUrl />,
    },
    { name: 'Last', width: '7rem', onPhone: 'hidden', cell: ({ lastSeen }) => <Moment at={lastSeen} /> },
    {
      name: 'For example',
      width: 'minmax(8rem, 2fr)',
      onPhone: 'hidden',
      cell: ({ examples: [url] }) => <LongText text={url} isUrl />,
    },
    openColumn(nameOf, onOpen),
  ];
}

interface RowsProps {
  readonly executionId: string;
  readonly group: ErrorGroup;
}

/** Leads to the errors of a group. */
function Rows({ executionId, group, label }: RowsProps & { readonly label: string }) {
  const { errorType: type, errorCode: code, host } = group;
  const where = host === null ? { hostless: true } : { host };
  return (
    <TextLink
      to="/executions/$id/errors"
      params={{ id: executionId }}
      search={{ view: 'each', type, code, ...where }}
      className="url-line"
    >
      {label}
    </TextLink>
  );
}

interface ErrorGroupsProps {
  readonly executionId: string;
  readonly search: ErrorSearch;
}

/** Errors by what went wrong and where, the most frequent first; a group can be resolved as one. */
export function ErrorGroups({ executionId, search }: ErrorGroupsProps) {
  const { type, severity, code, host, resolved } = search;
  const [openKey, setOpenKey] = useState<string | null>(null);
  const list = useList('listErrorGroups', {
    params: { id: executionId },
    query: { limit: 100, errorType: type, severity, errorCode: code, host, resolved },
  });
  const columns = useMemo(() => columnsWith(executionId, (group) => setOpenKey(keyOf(group))), [executionId]);
  const open = list.items.find((group) => keyOf(group) === openKey);
  return (
    <>
      <ReadListTable
        label="Groups of errors"
        list={list}
        columns={columns}
        minWidth={860}
        keyOf={keyOf}
        empty={
          <EmptyNote title="No error is like that">Either all went well, or a filter hides them.</EmptyNote>
        }
      />
      <Modal
        opened={open !== undefined}
        onClose={() => setOpenKey(null)}
        title={open === undefined ? '' : nameOf(open)}
        size="lg"
      >
        {open === undefined ? null : (
          <GroupDetail
            key={keyOf(open)}
            executionId={executionId}
            group={open}
            onDone={() => setOpenKey(null)}
          />
        )}
      </Modal>
    </>
  );
}

function GroupDetail({ executionId, group, onDone }: RowsProps & { readonly onDone: () => void }) {
  const { errorType, errorCode, host, count, unresolved, examples, before } = group;
  const resolve = useCall('resolveErrorGroup', {
    changes: ['listErrors', 'listErrorGroups'],
    said: ({ changed }) => `${formatCount(changed)} errors changed.`,
    onDone,
  });
  return (
    <Stack>
      <Facts
        rows={[
          ['Message', group.errorMessage],
          ['Type', inWords(errorType)],
          ['Errors', `${formatCount(count)}, ${formatCount(unresolved)} of them unresolved`],
          ['First', formatMoment(group.firstSeen)],
          ['Last', formatMoment(group.lastSeen)],
          ['For example', <Examples key="examples" executionId={executionId} urls={examples} />],
          ['All of them', <Rows key="rows" executionId={executionId} group={group} label="One by one" />],
        ]}
      />
      <ResolveForm
        resolved={unresolved === 0}
        notes={null}
        label={`Resolve all ${formatCount(count)}`}
        isPending={resolve.isPending}
        onResolve={(resolution) =>
          resolve.mutate({
            params: { id: executionId },
            body: { errorType, errorCode, host, before, ...resolution },
          })
        }
      />
    </Stack>
  );
}

function Examples({ executionId, urls }: { readonly executionId: string; readonly urls: readonly string[] }) {
  if (urls.length === 0) return <Text span>–</Text>;
  return (
    <Stack gap={4}>
      {urls.map((url) => (
        <TextLink
          key={url}
          to="/executions/$id/explain"
          params={{ id: executionId }}
          search={{ url }}
          className="url"
        >
          {url}
        </TextLink>
      ))}
    </Stack>
  );
}
