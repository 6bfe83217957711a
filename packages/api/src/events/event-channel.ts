import type { CampaignEvent } from '@outrider/shared';

/** Who hears of a campaign's events. Called synchronously, in the order of the numbers; must not throw. */
export interface EventListener {
  onEvents(events: readonly CampaignEvent[]): void;
  /** The campaign was deleted, or its history put back to an earlier state: nothing follows from here. */
  onEnd(): void;
}

/** A campaign that somebody follows. */
export interface EventChannel {
  readonly campaignId: string;
  readonly tenantId: string;
  /** The number of the last event that listeners were given. */
  readonly head: number;
  readonly listeners: Set<EventListener>;
  /** What came after a number, if that is still kept here; null where the database must be asked. */
  recent(after: number): readonly CampaignEvent[] | null;
  /** Gives events to all listeners. What they have had already is left out; a hole is an error. */
  deliver(events: readonly CampaignEvent[]): void;
  end(): void;
}

/**
 * Events kept of each campaign that is followed, so that clients who come back after a moment cost no query: those of
 * twenty seconds of the fastest progress.
 */
const KEPT_EVENTS = 200;

/** A channel whose listeners are to hear everything after `head`. */
export function createEventChannel(campaignId: string, tenantId: string, start: number): EventChannel {
  const listeners = new Set<EventListener>();
  let kept: CampaignEvent[] = [];
  let head = start;
  return {
    campaignId,
    tenantId,
    listeners,
    get head() {
      return head;
    },
    recent: (after) => {
      if (after >= head) return [];
      const first = kept[0]?.seq ?? head + 1;
      return after < first - 1 ? null : kept.slice(after - first + 1);
    },
    deliver: (events) => {
      const fresh = events.filter(({ seq }) => seq > head);
      const [next] = fresh;
      const last = fresh.at(-1);
      if (next === undefined || last === undefined) return;
      if (next.seq !== head + 1 || last.seq - next.seq + 1 !== fresh.length) {
        throw new Error(
          `events of campaign ${campaignId} have a hole: after ${head} came ${next.seq} to ${last.seq}`,
        );
      }
      kept = kept.concat(fresh).slice(-KEPT_EVENTS);
      head = last.seq;
      for (const listener of [...listeners]) listener.onEvents(fresh);
    },
    end: () => {
      for (const listener of [...listeners]) listener.onEnd();
      listeners.clear();
    },
  };
}
