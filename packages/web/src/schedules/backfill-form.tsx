import { NumberInput, Text, TextInput } from '@mantine/core';
import { SCHEDULE_LIMITS } from '@outrider/shared/contract';
import { type FormEvent, useState } from 'react';
import { useCall } from '../client/use-call.js';
import { FormFrame } from '../display/form-frame.js';
import { formatCount } from '../display/format.js';

/** A moment as `<input type="datetime-local">` writes it, in the reader's own zone. */
function localInput(at: number): string {
  const date = new Date(at);
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

const WEEK_MS = 7 * 86_400_000;

/** Starts the ticks of a past range that have not started. */
export function BackfillForm({
  scheduleId,
  onDone,
}: {
  readonly scheduleId: string;
  readonly onDone: () => void;
}) {
  const [from, setFrom] = useState(() => localInput(Date.now() - WEEK_MS));
  const [to, setTo] = useState(() => localInput(Date.now()));
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
    const body = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), max };
    fill.mutate({ params: { id: scheduleId }, body });
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
      <TextInput
        type="datetime-local"
        label="From"
        required
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput
        type="datetime-local"
        label="To"
        required
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
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
