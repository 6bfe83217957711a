import { Alert, Button, Group, Stack } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { ChangeKept } from '../changes/outbox.js';
import { sentenceOf } from '../client/api-problem.js';

interface FormFrameProps {
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  readonly submitLabel: string;
  readonly isBusy: boolean;
  readonly isDisabled?: boolean;
  /** Why the platform did not take it. */
  readonly failure: Error | null;
  /** Beside the button that sends it. */
  readonly beside?: ReactNode;
  readonly maxWidth?: number;
  readonly children: ReactNode;
}

/** What all forms have in common: why they were refused above, what sends them below. Each field says what is wrong with it. */
export function FormFrame(props: FormFrameProps) {
  const { onSubmit, submitLabel, isBusy, isDisabled = false, failure, beside, maxWidth, children } = props;
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack {...(maxWidth === undefined ? {} : { maw: maxWidth })}>
        {failure === null || failure instanceof ChangeKept ? null : (
          <Alert color="red" variant="light" role="alert" title="The platform did not take it">
            {sentenceOf(failure)}
          </Alert>
        )}
        {children}
        <Group>
          <Button type="submit" loading={isBusy} disabled={isDisabled}>
            {submitLabel}
          </Button>
          {beside}
        </Group>
      </Stack>
    </form>
  );
}
