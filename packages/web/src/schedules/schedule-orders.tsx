import { Button, Group, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Schedule } from '@outrider/shared/contract';
import { useRouter } from '@tanstack/react-router';
import type { ReadRoute } from '../client/queries.js';
import { useCall } from '../client/use-call.js';
import { inWords } from '../display/format.js';
import { offerUndo } from '../display/offer-undo.js';
import { useMay } from '../session/use-session.js';
import { BackfillForm } from './backfill-form.js';
import { ScheduleForm } from './schedule-form.js';
import { requestOf, valuesOf } from './schedule-values.js';
import { useRestoredSchedule } from './use-restored-schedule.js';

const CHANGES: readonly ReadRoute[] = [
  ...(['getSchedule', 'listSchedules', 'listAllSchedules', 'listTicks', 'previewSchedule'] as const),
  'readCalendar',
];

interface OfSchedule {
  readonly schedule: Schedule;
}

/** What can be asked of a schedule. */
export function ScheduleOrders({ schedule }: OfSchedule) {
  const params = { id: schedule.id };
  const mayOperate = useMay('operator');
  const run = useCall('runSchedule', {
    changes: CHANGES,
    said: ({ outcome }) => `Asked to run now: ${inWords(outcome)}.`,
  });
  if (!mayOperate) return null;
  return (
    <Group gap={6}>
      <Button size="sm" loading={run.isPending} onClick={() => run.mutate({ params })}>
        Run now
      </Button>
      <PauseOrResume schedule={schedule} />
      <Backfill schedule={schedule} />
      <Change schedule={schedule} />
      <Delete schedule={schedule} />
    </Group>
  );
}

function PauseOrResume({ schedule }: OfSchedule) {
  const params = { id: schedule.id };
  const pause = useCall('pauseSchedule', {
    changes: CHANGES,
    said: () => 'Paused: its ticks are noted as skipped.',
  });
  const resume = useCall('resumeSchedule', {
    changes: CHANGES,
    said: () => 'It goes on with its next tick.',
  });
  const isPaused = schedule.status === 'paused';
  const order = isPaused ? resume : pause;
  return (
    <Button
      size="sm"
      variant="default"
      disabled={schedule.status === 'finished'}
      loading={order.isPending}
      onClick={() => order.mutate({ params })}
    >
      {isPaused ? 'Resume' : 'Pause'}
    </Button>
  );
}

function Backfill({ schedule }: OfSchedule) {
  const [isOpen, dialog] = useDisclosure(false);
  return (
    <>
      <Button size="sm" variant="default" onClick={dialog.open}>
        Backfill
      </Button>
      <Modal opened={isOpen} onClose={dialog.close} title="Backfill">
        <BackfillForm scheduleId={schedule.id} onDone={dialog.close} />
      </Modal>
    </>
  );
}

function Change({ schedule }: OfSchedule) {
  const [isOpen, dialog] = useDisclosure(false);
  const change = useCall('updateSchedule', {
    changes: CHANGES,
    quiet: true,
    said: () => 'Saved.',
    onDone: dialog.close,
  });
  return (
    <>
      <Button size="sm" variant="default" onClick={dialog.open}>
        Change
      </Button>
      <Modal opened={isOpen} onClose={dialog.close} title={`Change ${schedule.name}`} size="lg">
        <ScheduleForm
          initial={valuesOf(schedule)}
          submitLabel="Save"
          isBusy={change.isPending}
          failure={change.error}
          onSubmit={(values) => change.mutate({ params: { id: schedule.id }, body: requestOf(values) })}
        />
      </Modal>
    </>
  );
}

function Delete({ schedule }: OfSchedule) {
  const { id, name, campaignId } = schedule;
  const router = useRouter();
  const restore = useRestoredSchedule();
  const remove = useCall('deleteSchedule', {
    changes: ['listSchedules', 'listAllSchedules', 'readCalendar'],
    onDone: () => {
      offerUndo(`${name} is deleted.`, () => restore.mutate({ params: { id } }));
      router.navigate({ to: '/campaigns/$id/schedules', params: { id: campaignId } }).catch(() => undefined);
    },
  });
  return (
    <Button
      size="sm"
      variant="outline"
      color="red"
      loading={remove.isPending}
      onClick={() => remove.mutate({ params: { id } })}
    >
      Delete
    </Button>
  );
}
