import type { QueryClient } from '@tanstack/react-query';
import { outbox } from '../changes/browser-outbox.js';
import { callApi } from '../client/call-api.js';
import { sessionQuery } from './use-session.js';

/** Signs this browser in with a key or the token of a sign-in link, and forgets what another session had read. */
export async function openSession(cache: QueryClient, bearer: string): Promise<void> {
  const session = await callApi('openSession', {}, { bearer });
  cache.clear();
  cache.setQueryData(sessionQuery().queryKey, session);
}

/** Signs this browser out. */
export async function closeSession(cache: QueryClient): Promise<void> {
  await callApi('closeSession', {});
  outbox.belongTo(null);
  cache.clear();
}
