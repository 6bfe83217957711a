import { Table, Text } from '@mantine/core';
import type { ListedSchedule, Schedule } from '@outrider/shared/contract';
import { inWords } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { Moment } from '../display/moment.js';
import { HeadedTable } from '../display/scroll-table.js';
import { StateBadge } from '../display/state-badge.js';

interface ScheduleTableProps {
  readonly label: string;
  readonly schedules: readonly (Schedule | ListedSchedule)[];
}

/** Schedules, a line each. */
export function ScheduleTable({ label, schedules }: ScheduleTableProps) {
  return (
    <HeadedTable
      label={label}
      minWidth={640}
      heads={['Schedule', 'State', 'When', 'Next tick', 'When another runs']}
    >
      {schedules.map((schedule) => {
        const { id, name, status, statusReason, cron, timeZone, nextTickAt, overlap } = schedule;
        return (
          <Table.Tr key={id}>
            <Table.Td>
              <TextLink to="/schedules/$id" params={{ id }} fw={600}>
                {name}
              </TextLink>
              {'campaignName' in schedule ? (
                <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                  of {schedule.campaignName}
                </Text>
              ) : null}
            </Table.Td>
            <Table.Td>
              <StateBadge state={status} />
              {statusReason === null ? null : (
                <Text size="xs" c="dimmed">
                  {inWords(statusReason)}
                </Text>
              )}
            </Table.Td>
            <Table.Td>
              <span className="url">{cron}</span>
              <Text size="xs" c="dimmed">
                {timeZone}
              </Text>
            </Table.Td>
            <Table.Td>
              <Moment at={nextTickAt} />
            </Table.Td>
            <Table.Td>{inWords(overlap)}</Table.Td>
          </Table.Tr>
        );
      })}
    </HeadedTable>
  );
}
