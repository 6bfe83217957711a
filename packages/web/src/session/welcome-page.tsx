import { Alert, Code, Loader, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { ApiProblem, sentenceOf } from '../client/api-problem.js';
import { TextLink } from '../display/links.js';
import { openSession } from './open-session.js';

/** Where the link that `npm start` prints leads: its token signs this browser in. */
export function WelcomePage() {
  const cache = useQueryClient();
  const router = useRouter();
  const [failure, setFailure] = useState<string | null>(null);
  const hasBegun = useRef(false);
  useEffect(() => {
    document.title = 'Welcome · Outrider';
    // A token works once, and React runs effects twice in development.
    if (hasBegun.current) return;
    hasBegun.current = true;
    const token = window.location.hash.slice(1);
    // Out of the address before anything else, and so out of the history.
    window.history.replaceState(null, '', '/welcome');
    openSession(cache, token === '' ? 'none' : token).then(
      () => router.history.replace('/campaigns'),
      (error: unknown) => setFailure(wordsFor(error)),
    );
  }, [cache, router]);
  return (
    <Stack component="main" align="center" justify="center" mih="100dvh" p="md">
      <Title order={1}>Outrider</Title>
      {failure === null ? (
        <>
          <Loader aria-label="Signing in" />
          <Text c="dimmed">Signing this browser in…</Text>
        </>
      ) : (
        <>
          <Alert color="orange" variant="light" role="alert" maw={460}>
            {failure}
          </Alert>
          <TextLink to="/sign-in">Sign in with an API key</TextLink>
          <Text c="dimmed" size="sm">
            Or start the platform anew: <Code>npm start</Code> prints a new link.
          </Text>
        </>
      )}
    </Stack>
  );
}

function wordsFor(error: unknown): string {
  const isUsed = error instanceof ApiProblem && error.status === 401;
  return isUsed
    ? 'This link has been used, is older than ten minutes, or was opened on another machine than the platform’s.'
    : sentenceOf(error);
}
