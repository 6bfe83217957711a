import { Button, Group, Modal, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { routeQuery } from '../client/queries.js';
import { useCall } from '../client/use-call.js';
import { EmptyNote, Shown } from '../display/notes.js';
import { useMay } from '../session/use-session.js';
import { DeletedSchedules } from './deleted-schedules.js';
import { ScheduleForm } from './schedule-form.js';
import { ScheduleTable } from './schedule-table.js';
import { newScheduleValues, requestOf } from './schedule-values.js';

const route = getRouteApi('/inside/campaigns/$id/schedules');

/** A campaign's schedules. */
export function SchedulesTab() {
  const params = route.useParams();
  const query = useQuery(routeQuery('listSchedules', { params, query: { limit: 100 } }));
  const mayOperate = useMay('operator');
  const [isOpen, dialog] = useDisclosure(false);
  return (
    <Stack>
      {mayOperate ? (
        <Group>
          <Button onClick={dialog.open}>New schedule</Button>
        </Group>
      ) : null}
      <Shown query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyNote title="It runs when somebody starts it">
              A schedule starts it by itself: every night, every Monday at seven in your own time zone, and so
              on.
            </EmptyNote>
          ) : (
            <ScheduleTable label="Schedules" schedules={items} />
          )
        }
      </Shown>
      {mayOperate ? <DeletedSchedules campaignId={params.id} /> : null}
      <Modal opened={isOpen} onClose={dialog.close} title="New schedule" size="lg">
        <NewSchedule campaignId={params.id} onDone={dialog.close} />
      </Modal>
    </Stack>
  );
}

function NewSchedule({ campaignId, onDone }: { readonly campaignId: string; readonly onDone: () => void }) {
  const create = useCall('createSchedule', {
    changes: ['listSchedules', 'listAllSchedules', 'readCalendar'],
    quiet: true,
    said: ({ name }) => `${name} is set.`,
    onDone,
  });
  return (
    <ScheduleForm
      initial={newScheduleValues(Intl.DateTimeFormat().resolvedOptions().timeZone)}
      submitLabel="Set the schedule"
      isBusy={create.isPending}
      failure={create.error}
      onSubmit={(values) => create.mutate({ params: { id: campaignId }, body: requestOf(values) })}
    />
  );
}
