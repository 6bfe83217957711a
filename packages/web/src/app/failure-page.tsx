import { Container, Stack, Title } from '@mantine/core';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { TextLink } from '../display/links.js';
import { FailureNote } from '../display/notes.js';

/** A page that could not be shown. */
export function FailurePage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <Container size="sm" py="xl">
      <FailureNote
        error={error}
        onRetry={() => {
          reset();
          router.invalidate().catch(() => undefined);
        }}
      />
    </Container>
  );
}

/** An address that leads nowhere: outside of the frame, which needs a session. */
export function NotFoundPage() {
  return (
    <Stack component="main" align="center" py="xl">
      <Title order={1}>There is nothing at this address</Title>
      <TextLink to="/campaigns">All campaigns</TextLink>
    </Stack>
  );
}
