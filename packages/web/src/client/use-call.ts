import { notifications } from '@mantine/notifications';
import type { RouteName } from '@outrider/shared/contract';
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { sentenceOf } from './api-problem.js';
import { type ApiRequest, type ApiResponse, callApi } from './call-api.js';
import type { ReadRoute } from './queries.js';

export interface CallPlan<N extends RouteName> {
  /** What the answer makes out of date. */
  readonly changes: readonly ReadRoute[];
  readonly onDone?: (answer: ApiResponse<N>) => void;
  /** Said when it is done. */
  readonly said?: (answer: ApiResponse<N>) => string;
  /** Whether the caller shows what went wrong by itself. */
  readonly quiet?: boolean;
}

/** A route that changes something: what it makes out of date is read again, and a failure is said. */
export function useCall<N extends RouteName>(
  name: N,
  plan: CallPlan<N>,
): UseMutationResult<ApiResponse<N>, Error, ApiRequest<N>> {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (input: ApiRequest<N>) => callApi(name, input),
    onSuccess: (answer) => {
      for (const route of plan.changes) cache.invalidateQueries({ queryKey: [route] }).catch(() => undefined);
      if (plan.said !== undefined) notifications.show({ message: plan.said(answer) });
      plan.onDone?.(answer);
    },
    onError: (error) => {
      if (plan.quiet !== true)
        notifications.show({ message: sentenceOf(error), color: 'red', title: 'Not done' });
    },
  });
}
