import { Box, Text } from '@mantine/core';
import type { CalendarContent } from './calendar-content.js';
import { byDay } from './calendar-days.js';
import { DayEntries } from './calendar-grid.js';

/** Days under each other, for narrow screens; those without a tick are left out. */
export function CalendarAgenda(props: CalendarContent) {
  const { days, entries, today } = props;
  const onDay = byDay(entries);
  const shown = days.filter((day) => onDay.has(day));
  if (shown.length === 0) return <Text c="dimmed">Nothing is planned in these days, and nothing was.</Text>;
  return (
    <Box component="ol" m={0} p={0} style={{ listStyle: 'none' }}>
      {shown.map((day) => (
        <Box component="li" key={day} mb="sm">
          <Text fw={600} size="sm">
            {words(day)}
            {day === today ? ', today' : ''}
          </Text>
          <DayEntries {...props} of={day} own={onDay.get(day) ?? []} />
        </Box>
      ))}
    </Box>
  );
}

function words(day: string): string {
  const format = { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat(undefined, format).format(new Date(day));
}
