import { Alert, Button, Group, Modal, Stack, Text, Textarea, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Seed } from '@outrider/shared/contract';
import { type FormEvent, useMemo, useState } from 'react';
import type { ReadRoute } from '../client/queries.js';
import { useCall } from '../client/use-call.js';
import { useList } from '../client/use-list.js';
import { FormFrame } from '../display/form-frame.js';
import { formatCount } from '../display/format.js';
import { TextFilter } from '../display/list-filters.js';
import { LongText } from '../display/long-text.js';
import { Moment } from '../display/moment.js';
import { EmptyNote } from '../display/notes.js';
import { ReadListTable } from '../display/read-list.js';
import { type TextLine, textLinesOf } from '../display/text-lines.js';
import type { VirtualColumn } from '../display/virtual-columns.js';

const CHANGES: readonly ReadRoute[] = ['listSeeds', 'getCampaign'];

interface SeedsEditorProps {
  readonly campaignId: string;
  readonly seedCount: number;
}

/** Where the campaign begins: seeds can be added, found and taken out. Executions that run keep those they began with. */
export function SeedsEditor({ campaignId, seedCount }: SeedsEditorProps) {
  const [q, setQ] = useState<string | undefined>(undefined);
  const [isOpen, dialog] = useDisclosure(false);
  const list = useList('listSeeds', { params: { id: campaignId }, query: { urlContains: q, limit: 100 } });
  const columns = useMemo(() => columnsOf(campaignId, seedCount), [campaignId, seedCount]);
  return (
    <Stack gap="sm" maw={760}>
      <Title order={2}>Seeds</Title>
      <Text c="dimmed" size="sm">
        {formatCount(seedCount)} in all. The next execution begins with them; one that runs keeps its own.
      </Text>
      <Group gap="sm">
        <Button variant="default" onClick={dialog.open}>
          Add seeds
        </Button>
        <TextFilter label="Part of the address" value={q} onChange={setQ} />
      </Group>
      <ReadListTable
        label="Seeds"
        list={list}
        minWidth={480}
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <EmptyNote title="No seed is like that">
            {q === undefined ? 'Without one there is nothing to begin with.' : 'Take the filter away.'}
          </EmptyNote>
        }
      />
      <Modal opened={isOpen} onClose={dialog.close} title="Add seeds" size="lg">
        <AddSeeds campaignId={campaignId} onDone={dialog.close} />
      </Modal>
    </Stack>
  );
}

function columnsOf(campaignId: string, seedCount: number): readonly VirtualColumn<Seed>[] {
  return [
    {
      name: 'Address',
      width: 'minmax(0, 1fr)',
      onPhone: 'line',
      cell: ({ url }) => <LongText text={url} isUrl />,
    },
    { name: 'Added', width: '8rem', cell: ({ createdAt }) => <Moment at={createdAt} /> },
    {
      name: 'Take out',
      width: '6rem',
      align: 'end',
      cell: (seed) => <TakeOut campaignId={campaignId} seed={seed} isLast={seedCount === 1} />,
    },
  ];
}

interface TakeOutProps {
  readonly campaignId: string;
  readonly seed: Seed;
  readonly isLast: boolean;
}

function TakeOut({ campaignId, seed, isLast }: TakeOutProps) {
  const remove = useCall('removeSeeds', {
    changes: CHANGES,
    said: () => `${seed.url} is no seed any more.`,
  });
  return (
    <Button
      size="compact-xs"
      variant="default"
      aria-label={`Take out ${seed.url}`}
      loading={remove.isPending}
      disabled={isLast}
      onClick={() => remove.mutate({ params: { id: campaignId }, body: { seeds: [seed.url] } })}
    >
      Take out
    </Button>
  );
}

function AddSeeds({ campaignId, onDone }: { readonly campaignId: string; readonly onDone: () => void }) {
  const [text, setText] = useState('');
  const [sent, setSent] = useState<readonly TextLine[]>([]);
  const add = useCall('addSeeds', {
    changes: CHANGES,
    quiet: true,
    said: ({ accepted, duplicate }) =>
      `${formatCount(accepted)} added${duplicate === 0 ? '' : `, ${formatCount(duplicate)} were there already`}.`,
    onDone: ({ invalid }) => {
      if (invalid === 0) onDone();
    },
  });
  const lines = textLinesOf(text);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    setSent(lines);
    add.mutate({ params: { id: campaignId }, body: { seeds: lines.map((line) => line.text) } });
  };
  const problems = add.data?.problems ?? [];
  return (
    <FormFrame
      onSubmit={onSubmit}
      submitLabel="Add them"
      isBusy={add.isPending}
      isDisabled={lines.length === 0}
      failure={add.error}
    >
      <Textarea
        label="Addresses"
        description="One a line"
        autosize
        minRows={4}
        maxRows={16}
        data-autofocus
        classNames={{ input: 'url' }}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {problems.length === 0 ? null : (
        <Alert color="yellow" variant="light" role="alert" title="These were not taken">
          {problems.map(({ index, input, message }) => (
            <Text key={index} size="sm" style={{ overflowWrap: 'anywhere' }}>
              Line {sent[index]?.number ?? index + 1}, {input}: {message}
            </Text>
          ))}
        </Alert>
      )}
    </FormFrame>
  );
}
