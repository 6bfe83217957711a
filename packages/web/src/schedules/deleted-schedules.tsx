import { Group, Stack, Text, Title } from '@mantine/core';
import type { Schedule } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { routeQuery } from '../client/queries.js';
import { RestoreButton } from '../display/restore-button.js';
import { useRestoredSchedule } from './use-restored-schedule.js';

/** Deleted schedules of a campaign, whose ledgers stay and which can be had back; nothing where there is none. */
export function DeletedSchedules({ campaignId }: { readonly campaignId: string }) {
  const { data } = useQuery(
    routeQuery('listSchedules', { params: { id: campaignId }, query: { deleted: true, limit: 100 } }),
  );
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={2}>Deleted</Title>
      {data.items.map((schedule) => (
        <Deleted key={schedule.id} schedule={schedule} />
      ))}
    </Stack>
  );
}

function Deleted({ schedule }: { readonly schedule: Schedule }) {
  const { id, name, cron, timeZone } = schedule;
  const restore = useRestoredSchedule();
  return (
    <Group gap="sm">
      <Text fw={600}>{name}</Text>
      <Text size="sm" c="dimmed">
        <span className="url">{cron}</span> {timeZone}
      </Text>
      <RestoreButton
        name={name}
        isBusy={restore.isPending}
        onClick={() => restore.mutate({ params: { id } })}
      />
    </Group>
  );
}
