import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { ApiRequest } from './call-api.js';
import { type ItemOf, type ListRoute, listQuery } from './queries.js';

export interface ReadList<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
  readonly isReading: boolean;
  readonly onMore: () => void;
  readonly error: Error | null;
  readonly onRetry: () => void;
}

/** A list of the API, read on as its reader goes on. */
export function useList<N extends ListRoute>(name: N, input: ApiRequest<N>): ReadList<ItemOf<N>> {
  const query = useInfiniteQuery(listQuery(name, input));
  const { data, hasNextPage, isFetching, fetchNextPage, refetch, error } = query;
  const items = useMemo(() => (data?.pages ?? []).flatMap((page) => page.items), [data]);
  const onMore = useCallback(() => {
    fetchNextPage().catch(() => undefined);
  }, [fetchNextPage]);
  const onRetry = useCallback(() => {
    refetch().catch(() => undefined);
  }, [refetch]);
  return { items, hasMore: hasNextPage, isReading: isFetching, onMore, error, onRetry };
}
