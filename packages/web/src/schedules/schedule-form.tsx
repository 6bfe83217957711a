import { NumberInput, Select, SimpleGrid, Textarea, TextInput } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { SCHEDULE_LIMITS } from '@outrider/shared/contract';
import { FormFrame } from '../display/form-frame.js';
import { MomentInput } from '../display/moment-input.js';
import { BLACKOUT_FORM } from './blackout-lines.js';
import { errorsOf, type ScheduleValues } from './schedule-values.js';

interface ScheduleFormProps {
  readonly initial: ScheduleValues;
  readonly submitLabel: string;
  readonly isBusy: boolean;
  readonly failure: Error | null;
  readonly onSubmit: (values: ScheduleValues) => void;
}

/** The form of a schedule. */
export function ScheduleForm({ initial, submitLabel, isBusy, failure, onSubmit }: ScheduleFormProps) {
  const form = useForm<ScheduleValues>({
    initialValues: initial,
    validate: errorsOf,
    validateInputOnBlur: true,
  });
  return (
    <FormFrame onSubmit={form.onSubmit(onSubmit)} submitLabel={submitLabel} isBusy={isBusy} failure={failure}>
      <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
      <Fields form={form} zone={initial.timeZone} />
      <Bounds form={form} />
    </FormFrame>
  );
}

interface FieldsProps {
  readonly form: UseFormReturnType<ScheduleValues>;
  readonly zone: string;
}

function Fields({ form, zone }: FieldsProps) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <TextInput
        label="Cron"
        description="Minute, hour, day, month, weekday"
        required
        classNames={{ input: 'url' }}
        {...form.getInputProps('cron')}
      />
      <Select
        label="Time zone"
        description="Whose clocks it goes by"
        searchable
        limit={50}
        data={zonesWith(zone)}
        allowDeselect={false}
        {...form.getInputProps('timeZone')}
      />
      <Select
        label="When another execution runs"
        data={[
          { value: 'skip', label: 'Skip this tick' },
          { value: 'buffer_one', label: 'Wait for it to end' },
          { value: 'cancel_running', label: 'Cancel the other' },
          { value: 'allow', label: 'Queue behind it' },
        ]}
        allowDeselect={false}
        {...form.getInputProps('overlap')}
      />
      <Select
        label="Ticks that nobody was there for"
        data={[
          { value: 'none', label: 'Leave them out' },
          { value: 'one', label: 'Make up for the last' },
          { value: 'all', label: 'Make up for each' },
        ]}
        allowDeselect={false}
        {...form.getInputProps('catchUpMode')}
      />
      <NumberInput
        label="Made up for within"
        suffix=" s"
        thousandSeparator=","
        min={0}
        max={SCHEDULE_LIMITS.catchUpWindowSeconds}
        {...form.getInputProps('catchUpWindowSeconds')}
      />
      <NumberInput
        label="Put off by up to"
        suffix=" s"
        min={0}
        max={SCHEDULE_LIMITS.jitterSeconds}
        {...form.getInputProps('jitterSeconds')}
      />
      <NumberInput
        label="Pause after failures in a row"
        description="0: never"
        min={0}
        max={1_000}
        {...form.getInputProps('pauseAfterFailures')}
      />
    </SimpleGrid>
  );
}

/** When it does not start: before, after, and in between. */
function Bounds({ form }: Pick<FieldsProps, 'form'>) {
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <NumberInput
          label="Executions at most"
          description="0: no limit"
          min={0}
          max={1_000_000_000}
          {...form.getInputProps('maxRuns')}
        />
        <MomentInput label="Not before" {...form.getInputProps('startsAt')} />
        <MomentInput label="Not at or after" {...form.getInputProps('endsAt')} />
      </SimpleGrid>
      <Textarea
        label="Nothing starts during"
        description={`A window of time a line, by the clocks of the time zone: ${BLACKOUT_FORM}`}
        autosize
        minRows={1}
        maxRows={8}
        {...form.getInputProps('blackouts')}
      />
    </>
  );
}

/** The zones that the browser knows, with the one that is set, whatever it is called here. */
function zonesWith(zone: string): string[] {
  return [...new Set(['UTC', zone, ...Intl.supportedValuesOf('timeZone')])];
}
