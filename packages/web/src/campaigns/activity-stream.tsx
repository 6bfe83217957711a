import { Badge, Group, Paper, ScrollArea, Select, Stack, Text, Title } from '@mantine/core';
import type { CampaignEvent } from '@outrider/shared/contract';
import { useMemo, useState } from 'react';
import { formatClock } from '../display/format.js';
import { EVENT_GROUPS, type EventGroup, eventSentence, inRuns, ofGroup } from './event-sentence.js';

/** What happens in a campaign, newest first. */
export function ActivityStream({ events }: { readonly events: readonly CampaignEvent[] }) {
  const [group, setGroup] = useState<EventGroup | null>(null);
  const runs = useMemo(() => inRuns(ofGroup(events, group)), [events, group]);
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" mb="xs">
        <Title order={2}>Activity</Title>
        <Select
          aria-label="Which events"
          placeholder="All events"
          size="xs"
          w={150}
          clearable
          clearButtonProps={{ 'aria-label': 'All events' }}
          data={[...EVENT_GROUPS]}
          value={group}
          onChange={(value) => setGroup(value as EventGroup | null)}
        />
      </Group>
      <ScrollArea.Autosize mah={360} viewportProps={{ tabIndex: 0, role: 'log', 'aria-label': 'Activity' }}>
        <Stack gap={6}>
          {runs.map(({ first, count }) => (
            <Group key={first.seq} gap="xs" wrap="nowrap" align="baseline">
              <Text size="xs" c="dimmed" style={{ flexShrink: 0 }}>
                {formatClock(first.occurredAt)}
              </Text>
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                {eventSentence(first)}
              </Text>
              {count > 1 ? (
                <Badge size="sm" variant="default" style={{ flexShrink: 0 }}>
                  ×{count}
                </Badge>
              ) : null}
            </Group>
          ))}
          {runs.length === 0 ? <Text c="dimmed">Nothing has happened yet.</Text> : null}
        </Stack>
      </ScrollArea.Autosize>
    </Paper>
  );
}
