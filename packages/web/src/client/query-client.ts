import { QueryClient } from '@tanstack/react-query';
import { isPassing } from './api-problem.js';

const MAX_RETRIES = 3;

/** The cache of everything read. What asking again cannot change is not asked again. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => isPassing(error) && failures < MAX_RETRIES,
        // A laptop's own platform is reachable without a network.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}
