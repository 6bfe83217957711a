import type { CampaignEvent } from '@outrider/shared/contract';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { callApi } from '../client/call-api.js';
import { routeQuery } from '../client/queries.js';
import { type EventHistory, NO_HISTORY, readyForOlder, withNewer, withOlder } from './event-history.js';
import { followEvents } from './follow-events.js';
import { tellOfEvents } from './notifications.js';
import { touchedQueries } from './touched-queries.js';

/** Events that a page begins with, and that it reads at once when it goes back. */
const PAGE = 200;
/** Of the newest events, so many are looked through for progress, for the chart to begin with. */
const PROGRESS_BACK = 200;
/** After how long a platform that did not answer is asked again. */
const RETRY_MS = 2_000;
/** However fast events come, the page is drawn anew, and reads what they touch, at most so often. */
const DRAW_MS = 150;
const READ_MS = 1_000;
/** Before all numbers that there can be. */
const END = Number.MAX_SAFE_INTEGER;

export interface CampaignEvents extends EventHistory {
  /** Reads the events before the oldest that is shown. */
  readonly onOlder: () => void;
  readonly isReadingOlder: boolean;
}

/** Follows a campaign while the page is open: its events, its progress, and reads that are made again when they are out of date. */
export function useCampaignEvents(campaignId: string): CampaignEvents {
  const cache = useQueryClient();
  const [held, setHeld] = useState(NO_HISTORY);
  const latest = useRef<EventHistory>(NO_HISTORY);
  const [isReadingOlder, setReading] = useState(false);
  useEffect(() => {
    const change = (next: EventHistory): void => {
      latest.current = next;
      setHeld(next);
    };
    return followCampaign(campaignId, cache, change, latest);
  }, [campaignId, cache]);
  const onOlder = useCallback(() => {
    const oldest = latest.current.events.at(-1);
    if (oldest === undefined) return;
    setReading(true);
    latest.current = readyForOlder(latest.current);
    const query = { before: oldest.seq, progress: false, limit: PAGE };
    callApi('listEvents', { params: { id: campaignId }, query })
      .then(({ items: events }) => {
        const isLast = events.length < PAGE;
        latest.current = withOlder(latest.current, oldest, { events, isLast });
        setHeld(latest.current);
      })
      .catch(() => undefined)
      .finally(() => setReading(false));
  }, [campaignId]);
  return { ...held, onOlder, isReadingOlder };
}

/** Reads the last events, and from there on follows. Returns how to end that. */
function followCampaign(
  campaignId: string,
  cache: QueryClient,
  change: (history: EventHistory) => void,
  latest: { readonly current: EventHistory },
): () => void {
  let stop: (() => void) | undefined;
  let again: number | undefined;
  let gone = false;
  const batch = createBatches(cache, (events) => change(withNewer(latest.current, events)));
  const begin = async (): Promise<void> => {
    const query = { before: END, progress: false, limit: PAGE };
    const { items, lastSeq } = await callApi('listEvents', { params: { id: campaignId }, query });
    if (gone) return;
    change({ ...withNewer(NO_HISTORY, items), hasOlder: items.length === PAGE });
    const onEvents = (events: readonly CampaignEvent[]): void => {
      const isNew = events.filter(({ seq }) => seq > lastSeq);
      batch.add(events, isNew);
      tellOfEvents(isNew, nameOf(cache, campaignId));
    };
    stop = followEvents({
      campaignId,
      after: Math.max(0, lastSeq - PROGRESS_BACK),
      onEvents,
      onReset: start,
    });
  };
  function start(): void {
    // What waits to be drawn is of the history that was.
    batch.drop();
    change(NO_HISTORY);
    begin().catch(() => {
      if (!gone) again = window.setTimeout(start, RETRY_MS);
    });
  }
  start();
  return () => {
    gone = true;
    window.clearTimeout(again);
    batch.end();
    stop?.();
  };
}

function nameOf(cache: QueryClient, id: string): string {
  const { queryKey } = routeQuery('getCampaign', { params: { id } });
  return cache.getQueryData(queryKey)?.name ?? 'A campaign';
}

/** Puts events that come close together into one change of the page, and one reading of what they touch. */
function createBatches(cache: QueryClient, change: (events: readonly CampaignEvent[]) => void) {
  let waiting: CampaignEvent[] = [];
  let drawing: number | undefined;
  let reading: number | undefined;
  const touched = new Set<string>();
  const draw = (): void => {
    drawing = undefined;
    const events = waiting;
    waiting = [];
    change(events);
  };
  const read = (): void => {
    reading = undefined;
    const routes = [...touched];
    touched.clear();
    for (const route of routes) cache.invalidateQueries({ queryKey: [route] }).catch(() => undefined);
    if (routes.length > 0) reading = window.setTimeout(read, READ_MS);
  };
  const drop = (): void => {
    window.clearTimeout(drawing);
    drawing = undefined;
    waiting = [];
  };
  return {
    add(events: readonly CampaignEvent[], isNew: readonly CampaignEvent[]): void {
      waiting.push(...events);
      drawing ??= window.setTimeout(draw, DRAW_MS);
      for (const route of touchedQueries(isNew)) touched.add(route);
      // The first at once; what follows closely waits for the next reading.
      if (touched.size > 0 && reading === undefined) read();
    },
    drop,
    end(): void {
      drop();
      window.clearTimeout(reading);
    },
  };
}
