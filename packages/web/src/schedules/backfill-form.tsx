import { NumberInput, Text } from '@mantine/core';
import { SCHEDULE_LIMITS } from '@outrider/shared/contract';
import { type FormEvent, useState } from 'react';
import { useCall } from '../client/use-call.js';
import { FormFrame } from '../display/form-frame.js';
import { formatCount } from '../display/format.js';
import { MomentInput } from '../display/moment-input.js';

const WEEK_MS = 7 * 86_400_000;
const MINUTE_MS = 60_000;

/** Starts the ticks of a past range that have not started. */
export function BackfillForm({
  scheduleId,
  onDone,
}: {
  readonly scheduleId: string;
  readonly onDone: () => void;
}) {
  const [from, setFrom] = useState(() => wholeMinute(Date.now() - WEEK_MS));
  const [to, setTo] = useState(() => wholeMinute(Date.now()));
  const [max, setMax] = useState<number>(10);
  const fill = useCall('backfillSchedule', {
    changes: ['listTicks', 'getSchedule'],
    quiet: true,
    said: ({ ticks, alreadyStarted }) =>
      `${formatCount(ticks.length)} ticks wait to be started; ${formatCount(alreadyStarted)} had started before.`,
    onDone,
  });
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    fill.mutate({ params: { id: scheduleId }, body: { from, to, max } });
  };
  return (
    <FormFrame
      onSubmit={onSubmit}
      submitLabel="Start them"
      isBusy={fill.isPending}
      isDisabled={from === '' || to === ''}
      failure={fill.error}
    >
      <Text c="dimmed" size="sm">
        Ticks of the past that did not start are started one after another. Times are those of this computer’s
        zone.
      </Text>
      <MomentInput label="From" required value={from} onChange={setFrom} />
      <MomentInput label="To" required value={to} onChange={setTo} />
      <NumberInput
        label="Ticks at most"
        min={1}
        max={SCHEDULE_LIMITS.backfillTicks}
        value={max}
        onChange={(value) => setMax(Number(value))}
      />
    </FormFrame>
  );
}

function wholeMinute(at: number): string {
  return new Date(Math.floor(at / MINUTE_MS) * MINUTE_MS).toISOString();
}
