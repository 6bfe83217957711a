import { Button, Group, Paper, Select, Text, Title } from '@mantine/core';
import type { CampaignEvent } from '@outrider/shared/contract';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, type UIEvent, useCallback, useMemo, useRef, useState } from 'react';
import { formatCount } from '../display/format.js';
import type { CampaignEvents } from '../live/use-campaign-events.js';
import { ActivityLine } from './activity-line.js';
import {
  chosenEvents,
  EVENT_GROUPS,
  EVENT_LEVELS,
  type EventGroup,
  type EventLevel,
  inRuns,
} from './event-groups.js';

const LINE_HEIGHT = 26;
/** Pixels from the top within which the newest are followed. */
const AT_TOP = 8;

const LEVEL_WORDS: Readonly<Record<EventLevel, string>> = {
  detail: 'With every detail',
  info: 'Without lanes',
  warning: 'Warnings and errors',
  error: 'Errors only',
};

type ActivityStreamProps = Pick<CampaignEvents, 'events' | 'hasOlder' | 'onOlder' | 'isReadingOlder'>;

/**
 * What happens in a campaign, newest first. Only the lines in sight are in the page, however many there are. Who scrolls back
 * keeps the place: what comes meanwhile is counted, and shown when asked for.
 */
export function ActivityStream({ events, hasOlder, onOlder, isReadingOlder }: ActivityStreamProps) {
  const [group, setGroup] = useState<EventGroup | null>(null);
  const [level, setLevel] = useState<EventLevel>('detail');
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const [heldAt, setHeldAt] = useState<number | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const chosen = useMemo(() => chosenEvents(events, { group, level }), [events, group, level]);
  const shown = useMemo(
    () => (heldAt === null ? chosen : chosen.filter(({ seq }) => seq <= heldAt)),
    [chosen, heldAt],
  );
  const lines = useMemo(() => linesOf(shown, opened), [shown, opened]);
  const onScroll = ({ currentTarget }: UIEvent<HTMLDivElement>): void => {
    if (currentTarget.scrollTop <= AT_TOP) setHeldAt(null);
    else setHeldAt((before) => before ?? events[0]?.seq ?? null);
  };
  const toTop = (): void => {
    setHeldAt(null);
    scroller.current?.scrollTo({ top: 0 });
  };
  const held = chosen.length - shown.length;
  return (
    <Paper withBorder p="sm">
      <Title order={2} mb="xs">
        Activity
      </Title>
      <Choices group={group} onGroup={setGroup} level={level} onLevel={setLevel} />
      {held > 0 ? (
        <Button size="compact-xs" variant="light" fullWidth mb={4} onClick={toTop}>
          {formatCount(held)} newer
        </Button>
      ) : null}
      <div
        ref={scroller}
        onScroll={onScroll}
        className="activity"
        role="log"
        aria-label="Activity"
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keyboard.
        tabIndex={0}
      >
        <Lines
          lines={lines}
          scroller={scroller}
          onOpen={(seq) => setOpened((before) => new Set([...before, seq]))}
        />
        {events.length === 0 ? <Text c="dimmed">Nothing has happened yet.</Text> : null}
        {events.length > 0 && chosen.length === 0 ? (
          <Text c="dimmed">Nothing of that kind so far.</Text>
        ) : null}
        {hasOlder ? (
          <Button
            size="compact-xs"
            variant="subtle"
            fullWidth
            mt={4}
            loading={isReadingOlder}
            onClick={onOlder}
          >
            Older events
          </Button>
        ) : null}
      </div>
    </Paper>
  );
}

interface LinesProps {
  readonly lines: readonly Line[];
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly onOpen: (seq: number) => void;
}

/** The lines in sight, and some around them. */
function Lines({ lines, scroller, onOpen }: LinesProps) {
  // With another function all lines are measured anew.
  const getItemKey = useCallback((index: number) => lines[index]?.event.seq ?? index, [lines]);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 8,
    getItemKey,
  });
  return (
    <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
      {rows.getVirtualItems().map((row) => {
        const line = lines[row.index];
        if (line === undefined) return null;
        return (
          <ActivityLine
            key={row.key}
            ref={rows.measureElement}
            index={row.index}
            start={row.start}
            {...line}
            onOpen={() => onOpen(line.event.seq)}
          />
        );
      })}
    </div>
  );
}

interface Line {
  readonly event: CampaignEvent;
  /** How many others the line stands for, and the number of the oldest of all. */
  readonly others: number;
  readonly oldest: number;
  readonly isSame: boolean;
}

function linesOf(events: readonly CampaignEvent[], opened: ReadonlySet<number>): readonly Line[] {
  return inRuns(events).flatMap(({ first, rest, isSame }) => {
    // A burst grows at its newer end: one that was opened stays so by any of its events.
    const isOpened = !isSame && (opened.has(first.seq) || rest.some(({ seq }) => opened.has(seq)));
    if (!isOpened) {
      const oldest = rest.at(-1)?.seq ?? first.seq;
      return [{ event: first, others: rest.length, oldest, isSame }];
    }
    return [first, ...rest].map((event) => ({ event, others: 0, oldest: event.seq, isSame: true }));
  });
}

interface ChoicesProps {
  readonly group: EventGroup | null;
  readonly onGroup: (group: EventGroup | null) => void;
  readonly level: EventLevel;
  readonly onLevel: (level: EventLevel) => void;
}

function Choices({ group, onGroup, level, onLevel }: ChoicesProps) {
  return (
    <Group gap={6} mb="xs" grow>
      <Select
        aria-label="Which events"
        placeholder="All events"
        size="xs"
        clearable
        clearButtonProps={{ 'aria-label': 'All events' }}
        data={[...EVENT_GROUPS]}
        value={group}
        onChange={(value) => onGroup(value as EventGroup | null)}
      />
      <Select
        aria-label="How grave"
        size="xs"
        allowDeselect={false}
        data={EVENT_LEVELS.map((value) => ({ value, label: LEVEL_WORDS[value] }))}
        value={level}
        onChange={(value) => onLevel((value ?? 'detail') as EventLevel)}
      />
    </Group>
  );
}
