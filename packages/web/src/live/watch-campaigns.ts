import { type Campaign, isTerminal } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { routeQuery } from '../client/queries.js';
import { endCall, notify, onNotificationClick, useNotificationState } from './notifications.js';

const LOOK_MS = 10_000;
/** The newest of them; a page of the API holds no more. */
const MOST = 200;

type LastExecution = Campaign['lastExecution'];

/**
 * While notifications are wanted, looks at the tenant's campaigns every ten seconds, whichever page is open, and calls when an
 * execution of one has ended. A stall is told of the campaign that is open, by its events.
 */
export function useCampaignCalls(): void {
  const router = useRouter();
  const isWanted = useNotificationState() === 'on';
  const known = useRef<ReadonlyMap<string, LastExecution> | null>(null);
  const { data } = useQuery({
    ...routeQuery('listCampaigns', { query: { limit: MOST, status: 'active' } }),
    enabled: isWanted,
    refetchInterval: LOOK_MS,
    refetchIntervalInBackground: true,
  });
  useEffect(() => onNotificationClick((href) => router.history.push(href)), [router]);
  useEffect(() => {
    if (data === undefined || !isWanted) return;
    for (const { id, name, lastExecution } of data.items) {
      const before = known.current?.get(id);
      if (lastExecution !== null && before !== undefined && hasEnded(before, lastExecution)) {
        notify(endCall(name, lastExecution.id, lastExecution.status, `/campaigns/${id}`));
      }
    }
    known.current = new Map(data.items.map(({ id, lastExecution }) => [id, lastExecution]));
  }, [data, isWanted]);
}

/** Whether it has ended since it was last looked at, be it that it also began since then. */
function hasEnded(before: LastExecution, now: NonNullable<LastExecution>): boolean {
  if (!isTerminal(now.status)) return false;
  return before?.id !== now.id || !isTerminal(before.status);
}
