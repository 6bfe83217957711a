import { Alert, Anchor, Button, Code, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { ApiProblem, sentenceOf } from '../client/api-problem.js';
import { openSession } from './open-session.js';

const route = getRouteApi('/sign-in');

/** Asks for a key, once: from then on the session's cookie is what counts. */
export function SignInPage() {
  const cache = useQueryClient();
  const router = useRouter();
  const { to } = route.useSearch();
  const [key, setKey] = useState('');
  const [failure, setFailure] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    document.title = 'Sign in · Outrider';
  }, []);
  const signIn = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      await openSession(cache, key.trim());
      router.history.push(to ?? '/campaigns');
    } catch (error) {
      setFailure(wordsFor(error));
      setBusy(false);
    }
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    signIn().catch(() => undefined);
  };
  return (
    <Stack component="main" align="center" justify="center" mih="100dvh" p="md">
      <Paper withBorder p="xl" w="100%" maw={420}>
        <form onSubmit={onSubmit}>
          <Stack>
            <Title order={1}>Outrider</Title>
            <Text c="dimmed">
              Sign in with an API key. On the machine that runs the platform, the link that{' '}
              <Code>npm start</Code> prints needs none.
            </Text>
            {failure === null ? null : (
              <Alert color="red" variant="light" role="alert">
                {failure}
              </Alert>
            )}
            <PasswordInput
              label="API key"
              description="crw_live_…, kept in the file api-key of the data folder"
              value={key}
              onChange={(event) => setKey(event.currentTarget.value)}
              autoComplete="current-password"
              required
              data-autofocus
            />
            <Button type="submit" loading={isBusy} disabled={key.trim() === ''}>
              Sign in
            </Button>
            <Anchor href="/docs" size="sm">
              The API’s reference
            </Anchor>
          </Stack>
        </form>
      </Paper>
    </Stack>
  );
}

function wordsFor(error: unknown): string {
  const isWrong = error instanceof ApiProblem && error.status === 401;
  return isWrong ? 'This key is not valid: it may be mistyped, revoked or expired.' : sentenceOf(error);
}
