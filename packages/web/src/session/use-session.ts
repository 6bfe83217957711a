import { API_SCOPES, type ApiScope, type Session } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { routeQuery } from '../client/queries.js';

const REFRESH_MS = 10 * 60_000;

/** Who is signed in. Reading it now and then also keeps the session and its cookie alive. */
export const sessionQuery = () => ({
  ...routeQuery('readSession', {}),
  staleTime: REFRESH_MS,
  refetchInterval: REFRESH_MS,
});

/** Who is signed in; undefined until that is known. */
export function useSession(): Session | undefined {
  return useQuery(sessionQuery()).data;
}

/** Whether the signed-in key may do what needs a scope. What it may not do is not offered. */
export function useMay(needed: ApiScope): boolean {
  const session = useSession();
  return session !== undefined && API_SCOPES.indexOf(session.scope) >= API_SCOPES.indexOf(needed);
}
