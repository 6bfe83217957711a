import { Badge, Table, Text } from '@mantine/core';
import { SCHEDULE_ENDS, type Schedule } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { routeQuery } from '../client/queries.js';
import { inWords } from '../display/format.js';
import { Moment } from '../display/moment.js';
import { Shown } from '../display/notes.js';

/** A local time with its offset (`2026-03-29T03:00:00+02:00`) as the zone's clocks show it. */
export function clockTime(localTime: string, locale?: string): string {
  const asUtc = `${localTime.slice(0, 19)}Z`;
  const words = new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  });
  return words.format(new Date(asUtc));
}

/** The next ticks, as the clocks of the schedule's zone show them, with what is special about each. */
export function TickPreview({ schedule }: { readonly schedule: Schedule }) {
  const query = useQuery(routeQuery('previewSchedule', { params: { id: schedule.id }, query: { count: 8 } }));
  return (
    <Shown query={query} lines={4}>
      {({ ticks, timeZone, end }) =>
        ticks.length === 0 ? (
          <Text c="dimmed">{end === null ? 'There is none.' : `There is none: ${SCHEDULE_ENDS[end]}.`}</Text>
        ) : (
          <>
            <Table>
              <Table.Tbody>
                {ticks.map(({ scheduledFor, localTime, rule, blackout }) => (
                  <Table.Tr key={scheduledFor}>
                    <Table.Td>{clockTime(localTime)}</Table.Td>
                    <Table.Td>
                      <Moment at={scheduledFor} />
                    </Table.Td>
                    <Table.Td>
                      {blackout === null ? null : (
                        <Badge variant="default" tt="none">
                          left out: {blackout}
                        </Badge>
                      )}
                      {rule === 'plain' ? null : (
                        <Badge variant="default" tt="none">
                          {inWords(rule)}
                        </Badge>
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
            <Text size="xs" c="dimmed">
              By the clocks of {timeZone}
              {end === null ? '' : `. No tick follows: ${SCHEDULE_ENDS[end]}.`}
            </Text>
          </>
        )
      }
    </Shown>
  );
}
