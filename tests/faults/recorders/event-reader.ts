import { setTimeout as sleep } from 'node:timers/promises';
import type { TestDatabase } from '@outrider/db/testing';

/** One event as a reader got it. */
export interface SeenEvent {
  readonly seq: number;
  readonly type: string;
}

/** A client that remembers the last number it saw and asks for what came after it, again and again. */
export interface EventReader {
  readonly seen: readonly SeenEvent[];
  /** Asks once more. */
  catchUp(): Promise<void>;
  stop(): Promise<void>;
}

const POLL_MS = 40;

/** Follows the events of a campaign. While the database is away it waits, as a client would. */
export function followEvents(db: TestDatabase, campaignId: string): EventReader {
  const seen: SeenEvent[] = [];
  let stopped = false;
  const ask = async (): Promise<void> => {
    const last = seen.at(-1)?.seq ?? 0;
    const rows = await db.system.withSystem(
      (tx) => tx.sql<SeenEvent[]>`
        select seq::int, event_type as type from event_stream
        where campaign_id = ${campaignId} and seq > ${last} order by seq`,
    );
    seen.push(...rows);
  };
  // One question at a time: two at once would both get what is new.
  let asking: Promise<void> = Promise.resolve();
  const catchUp = (): Promise<void> => {
    asking = asking.catch(() => undefined).then(ask);
    return asking;
  };
  const following = (async () => {
    while (!stopped) {
      await catchUp().catch(() => undefined);
      await sleep(POLL_MS);
    }
  })();
  return {
    seen,
    catchUp,
    async stop() {
      stopped = true;
      await following;
    },
  };
}
