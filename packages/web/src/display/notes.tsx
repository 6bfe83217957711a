import { Alert, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { ApiProblem, sentenceOf } from '../client/api-problem.js';

/** What stands where there is nothing yet: why, and what to do about it. */
export function EmptyNote({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <Stack align="center" gap={6} py="xl" px="md">
      <Title order={2} size="h4">
        {title}
      </Title>
      <Text c="dimmed" ta="center" maw={520} component="div">
        {children}
      </Text>
    </Stack>
  );
}

interface FailureProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** What went wrong, in the platform's words, and a way to try again. */
export function FailureNote({ error, onRetry }: FailureProps) {
  const requestId = error instanceof ApiProblem ? error.requestId : '';
  return (
    <Alert color="red" variant="light" title="This could not be read" role="alert">
      <Text>{sentenceOf(error)}</Text>
      {requestId === '' ? null : (
        <Text size="xs" mt={4}>
          Request {requestId}
        </Text>
      )}
      {onRetry === undefined ? null : (
        <Group mt="sm">
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        </Group>
      )}
    </Alert>
  );
}

const LINES = ['first', 'second', 'third', 'fourth', 'fifth'];

/** Up to five lines that stand for what is being read. */
export function LoadingNote({ lines = 5 }: { readonly lines?: number }) {
  return (
    <Stack gap="xs" aria-busy="true" aria-label="Loading" role="status">
      {LINES.slice(0, lines).map((line) => (
        <Skeleton key={line} height={22} radius="sm" />
      ))}
    </Stack>
  );
}

interface ReadState<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly refetch: () => Promise<unknown>;
}

/** Shows what a query read, and until then that it reads, or why it could not. */
export function Shown<T>({
  query,
  children,
  lines,
}: {
  readonly query: ReadState<T>;
  readonly children: (data: T) => ReactNode;
  readonly lines?: number;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null) {
    return (
      <FailureNote
        error={query.error}
        onRetry={() => {
          query.refetch().catch(() => undefined);
        }}
      />
    );
  }
  return <LoadingNote {...(lines === undefined ? {} : { lines })} />;
}
