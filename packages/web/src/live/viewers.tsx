import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { routeQuery } from '../client/queries.js';
import { useSession } from '../session/use-session.js';
import { viewerWords } from './viewer-words.js';

const LOOK_MS = 10_000;

/**
 * Who follows the campaign just now besides this window, by the names of their keys. A live view is what makes this window one
 * of them, see docs/realtime.md.
 */
export function Viewers({ campaignId }: { readonly campaignId: string }) {
  const session = useSession();
  const { data } = useQuery({
    ...routeQuery('listViewers', { params: { id: campaignId } }),
    refetchInterval: LOOK_MS,
  });
  const words = viewerWords(data?.items ?? [], session?.keyId ?? '');
  if (words === null) return null;
  return (
    <Text size="sm" c="dimmed" mb="xs" role="status" aria-label="Who else is looking">
      Also looking: {words}
    </Text>
  );
}
