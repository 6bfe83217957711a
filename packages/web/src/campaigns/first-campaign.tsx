import { Button, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';

/** What somebody sees who has no campaign yet: one question. */
export function FirstCampaign() {
  const router = useRouter();
  const [url, setUrl] = useState('');
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    router.navigate({ to: '/campaigns/new', search: { url: url.trim() } }).catch(() => undefined);
  };
  return (
    <Paper withBorder p="xl" maw={560} mx="auto" mt="xl">
      <form onSubmit={onSubmit}>
        <Stack>
          <Title order={2}>Which site shall be crawled?</Title>
          <Text c="dimmed">
            A campaign says where a crawl begins, how far it goes and how gently. Begin with an address;
            everything else has a default that you can change.
          </Text>
          <TextInput
            label="Address"
            placeholder="https://example.org/"
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
            required
          />
          <Button type="submit" disabled={url.trim() === ''}>
            Describe the campaign
          </Button>
        </Stack>
      </form>
    </Paper>
  );
}
