import { Badge, Button, Text } from '@mantine/core';
import type { CampaignEvent } from '@outrider/shared/contract';
import { forwardRef } from 'react';
import { formatClock, formatCount, formatMoment } from '../display/format.js';
import { type EventLevel, levelOf } from './event-groups.js';
import { eventSentence } from './event-sentence.js';

const MARKS: Readonly<Record<EventLevel, { mark: string; word: string; color: string }>> = {
  detail: { mark: '', word: '', color: 'dimmed' },
  info: { mark: '', word: '', color: 'inherit' },
  warning: { mark: '▲ ', word: 'Warning: ', color: 'var(--mantine-color-orange-light-color)' },
  error: { mark: '✕ ', word: 'Error: ', color: 'var(--mantine-color-red-light-color)' },
};

interface ActivityLineProps {
  readonly index: number;
  /** Pixels from the top. */
  readonly start: number;
  readonly event: CampaignEvent;
  /** The others that it stands for, and the number of the oldest of all. */
  readonly others: number;
  readonly oldest: number;
  readonly isSame: boolean;
  readonly onOpen: () => void;
}

/** An event of the activity, or several that are one line. */
export const ActivityLine = forwardRef<HTMLDivElement, ActivityLineProps>(function ActivityLine(
  { index, start, event, others, oldest, isSame, onOpen },
  ref,
) {
  const { mark, word, color } = MARKS[levelOf(event)];
  return (
    <div
      ref={ref}
      data-index={index}
      data-seq={event.seq}
      data-oldest={oldest}
      data-count={others + 1}
      className="activity-line"
      style={{ transform: `translateY(${start}px)` }}
    >
      <Text size="xs" c="dimmed" span title={formatMoment(event.occurredAt)}>
        {formatClock(event.occurredAt)}
      </Text>
      <Text size="sm" span c={color} style={{ overflowWrap: 'anywhere' }}>
        {mark === '' ? null : (
          <>
            <span aria-hidden="true">{mark}</span>
            <span className="hidden-word">{word}</span>
          </>
        )}
        {eventSentence(event)}
      </Text>
      {others === 0 ? null : isSame ? (
        <Badge size="sm" variant="default">
          ×{formatCount(others + 1)}
        </Badge>
      ) : (
        <Button size="compact-xs" variant="default" onClick={onOpen}>
          {formatCount(others)} more
        </Button>
      )}
    </div>
  );
});
