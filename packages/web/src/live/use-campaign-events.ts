import { type CampaignEvent, EVENTS } from '@outrider/shared/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { callApi } from '../client/call-api.js';
import { followEvents } from './follow-events.js';
import { touchedQueries } from './touched-queries.js';

/** Events that a page keeps; older ones are in the history, which the API has whole. */
const KEPT = 500;
/** How far back a page begins. */
const BEGIN_WITH = 200;
/** After how long a platform that did not answer is asked again. */
const RETRY_MS = 2_000;

/** A moment of a running execution, as its progress events told it. */
export interface ProgressSample {
  readonly executionId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly fetched: number;
  readonly failed: number;
  readonly skipped: number;
  readonly pending: number;
  readonly discovered: number;
  readonly errors: number;
}

export interface CampaignEvents {
  /** Newest first, without progress. */
  readonly events: readonly CampaignEvent[];
  /** Oldest first. */
  readonly progress: readonly ProgressSample[];
}

const NOTHING: CampaignEvents = { events: [], progress: [] };

/** Follows a campaign while the page is open: its last events, its progress, and reads that are made again when they are out of date. */
export function useCampaignEvents(campaignId: string): CampaignEvents {
  const cache = useQueryClient();
  const [held, setHeld] = useState(NOTHING);
  useEffect(() => {
    let stop: (() => void) | undefined;
    let gone = false;
    setHeld(NOTHING);
    const begin = async (): Promise<void> => {
      const { lastSeq } = await callApi('listEvents', { params: { id: campaignId }, query: { limit: 1 } });
      if (gone) return;
      const after = Math.max(0, lastSeq - BEGIN_WITH);
      const onEvents = (events: readonly CampaignEvent[]): void => {
        setHeld((before) => added(before, events));
        const isNew = events.filter(({ seq }) => seq > lastSeq);
        for (const route of touchedQueries(isNew)) {
          cache.invalidateQueries({ queryKey: [route] }).catch(() => undefined);
        }
      };
      stop = followEvents({ campaignId, after, onEvents });
    };
    let again: number | undefined;
    const beginAtLast = (): void => {
      begin().catch(() => {
        if (!gone) again = window.setTimeout(beginAtLast, RETRY_MS);
      });
    };
    beginAtLast();
    return () => {
      gone = true;
      window.clearTimeout(again);
      stop?.();
    };
  }, [campaignId, cache]);
  return held;
}

function added(before: CampaignEvents, events: readonly CampaignEvent[]): CampaignEvents {
  const told = events.filter(({ eventType }) => eventType !== 'execution.progress').reverse();
  const samples = events.flatMap(sampleOf);
  return {
    events: told.length === 0 ? before.events : [...told, ...before.events].slice(0, KEPT),
    progress: samples.length === 0 ? before.progress : [...before.progress, ...samples].slice(-KEPT * 2),
  };
}

function sampleOf({ eventType, executionId, payload, occurredAt }: CampaignEvent): ProgressSample[] {
  if (eventType !== 'execution.progress' || executionId === null) return [];
  const parsed = EVENTS['execution.progress'].payload.safeParse(payload);
  if (!parsed.success) return [];
  const { coverage, errors } = parsed.data;
  return [{ executionId, at: Date.parse(occurredAt), ...coverage, errors }];
}
