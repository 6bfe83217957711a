import { Alert, Button, Group, Text } from '@mantine/core';

interface ChangedMeanwhileProps {
  readonly revision: number;
  readonly isBusy: boolean;
  readonly onLoad: () => void;
}

/** Within a form of a campaign that somebody else has saved: nothing of either is lost unless one says so. */
export function ChangedMeanwhile({ revision, isBusy, onLoad }: ChangedMeanwhileProps) {
  return (
    <Alert color="yellow" variant="light" role="alert" title={`Changed meanwhile: revision ${revision}`}>
      <Text size="sm">
        The campaign was saved since this form was opened. What you entered is still here, and not saved.
      </Text>
      <Group gap="xs" mt="xs">
        <Button size="xs" variant="default" disabled={isBusy} onClick={onLoad}>
          Load revision {revision}
        </Button>
        <Button
          size="xs"
          variant="default"
          loading={isBusy}
          onClick={({ currentTarget }) => currentTarget.form?.requestSubmit()}
        >
          Save mine over it
        </Button>
      </Group>
    </Alert>
  );
}
