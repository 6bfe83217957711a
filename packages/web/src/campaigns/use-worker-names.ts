import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { routeQuery } from '../client/queries.js';

/** What workers are called, by their ids: the machine and the process. */
export function useWorkerNames(): ReadonlyMap<string, string> {
  const { data } = useQuery({
    ...routeQuery('listInstances', { query: { limit: 200 } }),
    staleTime: 60_000,
  });
  return useMemo(
    () => new Map((data?.items ?? []).map(({ id, host, pid }) => [id, `${host} ${pid}`] as const)),
    [data],
  );
}
