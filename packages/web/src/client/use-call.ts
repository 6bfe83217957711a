import { notifications } from '@mantine/notifications';
import type { RouteName } from '@outrider/shared/contract';
import { type QueryClient, type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { outbox } from '../changes/browser-outbox.js';
import { isKeptRoute, type KeptRoute, wordsFor } from '../changes/kept-change.js';
import { ChangeKept } from '../changes/outbox.js';
import { sentenceOf } from './api-problem.js';
import { type ApiRequest, type ApiResponse, callApi, type LooseRequest } from './call-api.js';
import { type ReadRoute, routeQuery } from './queries.js';

/** What a change is made with: besides the request, the revision that it is to change. */
export type ChangeRequest<N extends RouteName> = ApiRequest<N> & { readonly revision?: number };

export interface CallPlan<N extends RouteName> {
  /** What the answer makes out of date. */
  readonly changes: readonly ReadRoute[];
  readonly onDone?: (answer: ApiResponse<N>) => void;
  /** Said when it is done. */
  readonly said?: (answer: ApiResponse<N>) => string;
  /** Whether the caller shows what went wrong by itself. */
  readonly quiet?: boolean;
}

/**
 * A route that changes something: what it makes out of date is read again, and a failure is said. Orders and edits outlive a
 * cut: they are kept until the platform has answered.
 */
export function useCall<N extends RouteName>(
  name: N,
  plan: CallPlan<N>,
): UseMutationResult<ApiResponse<N>, Error, ChangeRequest<N>> {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (input: ChangeRequest<N>) =>
      isKeptRoute(name)
        ? (submit(cache, name, input as LooseChange) as Promise<ApiResponse<N>>)
        : callApi(name, input, input.revision === undefined ? {} : { ifMatch: input.revision }),
    onSuccess: (answer) => {
      for (const route of plan.changes) cache.invalidateQueries({ queryKey: [route] }).catch(() => undefined);
      if (plan.said !== undefined) notifications.show({ message: plan.said(answer) });
      plan.onDone?.(answer);
    },
    onError: (error) => {
      if (error instanceof ChangeKept)
        notifications.show({ message: error.message, color: 'orange', title: 'Kept for later' });
      else if (plan.quiet !== true)
        notifications.show({ message: sentenceOf(error), color: 'red', title: 'Not done' });
    },
  });
}

type LooseChange = LooseRequest & { readonly revision?: number };

function submit(cache: QueryClient, route: KeptRoute, input: LooseChange): Promise<unknown> {
  const { params = {}, body, revision = null } = input;
  const given = Object.entries(params).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const { pathname, search } = window.location;
  return outbox.submit({
    route,
    params: Object.fromEntries(given),
    body,
    revision,
    words: wordsFor(route, nameOf(cache, String(params['id'] ?? ''))),
    href: pathname + search,
  });
}

/** What the campaign is called, as far as it was read. */
function nameOf(cache: QueryClient, id: string): string {
  const { queryKey } = routeQuery('getCampaign', { params: { id } });
  return cache.getQueryData(queryKey)?.name ?? 'a campaign';
}
