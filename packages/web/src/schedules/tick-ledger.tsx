import { Stack, Text, Tooltip } from '@mantine/core';
import {
  type ScheduleTick,
  TICK_OUTCOME_NAMES,
  TICK_REASONS,
  type TickOutcome,
} from '@outrider/shared/contract';
import { useState } from 'react';
import { useList } from '../client/use-list.js';
import { formatMoment, inWords } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { ChoiceFilter } from '../display/list-filters.js';
import { EmptyNote, FailureNote } from '../display/notes.js';
import { StateBadge } from '../display/state-badge.js';
import { type VirtualColumn, VirtualList } from '../display/virtual-list.js';

const COLUMNS: readonly VirtualColumn<ScheduleTick>[] = [
  { name: 'Planned for', width: '12rem', cell: ({ scheduledFor }) => formatMoment(scheduledFor) },
  { name: 'Outcome', width: '9.5rem', cell: ({ outcome }) => <StateBadge state={outcome} /> },
  {
    name: 'Why',
    width: 'minmax(0, 1fr)',
    cell: ({ reason, detail, kind }) => (
      <Tooltip label={TICK_REASONS[reason]}>
        <span className="url-line">
          {kind === 'planned' ? '' : `${inWords(kind)}: `}
          {inWords(reason)}
          {detail === null ? '' : ` (${detail})`}
        </span>
      </Tooltip>
    ),
  },
  {
    name: 'Execution',
    width: '8rem',
    cell: ({ executionId, executionStatus }) =>
      executionId === null ? null : (
        <TextLink to="/executions/$id" params={{ id: executionId }}>
          {executionStatus ?? 'look at it'}
        </TextLink>
      ),
  },
];

/** Every tick of a schedule with what became of it: nothing that was planned is missing here. */
export function TickLedger({ scheduleId }: { readonly scheduleId: string }) {
  const [outcome, setOutcome] = useState<TickOutcome | undefined>(undefined);
  const list = useList('listTicks', { params: { id: scheduleId }, query: { outcome, limit: 100 } });
  return (
    <Stack gap="sm">
      <ChoiceFilter label="Any outcome" values={TICK_OUTCOME_NAMES} value={outcome} onChange={setOutcome} />
      {list.error !== null && list.items.length === 0 ? (
        <FailureNote error={list.error} onRetry={list.onRetry} />
      ) : (
        <VirtualList
          label="Ticks"
          minWidth={560}
          columns={COLUMNS}
          keyOf={({ scheduledFor }) => scheduledFor}
          {...list}
          empty={
            <EmptyNote title="No tick yet">
              <Text>Each planned start is noted here, also one that did not take place.</Text>
            </EmptyNote>
          }
        />
      )}
    </Stack>
  );
}
