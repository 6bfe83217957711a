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
import { EmptyNote } from '../display/notes.js';
import { ReadListTable } from '../display/read-list.js';
import { StateBadge } from '../display/state-badge.js';
import type { VirtualColumn } from '../display/virtual-columns.js';

const COLUMNS: readonly VirtualColumn<ScheduleTick>[] = [
  {
    name: 'Planned for',
    width: '11.5rem',
    onPhone: { width: 'minmax(0, 1fr)' },
    cell: ({ scheduledFor }) => formatMoment(scheduledFor),
  },
  {
    name: 'Outcome',
    width: '7.5rem',
    onPhone: { width: '6.5rem' },
    cell: ({ outcome }) => <StateBadge state={outcome} />,
  },
  {
    name: 'Why',
    width: 'minmax(9rem, 1fr)',
    onPhone: 'line',
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
    width: '6rem',
    onPhone: { width: '5.5rem' },
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
      <ReadListTable
        label="Ticks"
        list={list}
        minWidth={600}
        columns={COLUMNS}
        keyOf={({ scheduledFor }) => scheduledFor}
        empty={
          <EmptyNote title="No tick yet">
            <Text>Each planned start is noted here, also one that did not take place.</Text>
          </EmptyNote>
        }
      />
    </Stack>
  );
}
