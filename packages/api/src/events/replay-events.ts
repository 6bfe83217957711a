import type { CampaignEvent } from '@outrider/shared';
import type { Following } from './event-follower.js';

export interface Replay {
  readonly following: Pick<Following, 'head' | 'recent'>;
  /** The last number that the reader has seen. */
  readonly after: number;
  /** Only those of one execution. */
  readonly executionId?: string | undefined;
  /** Reads from the database what came after a number, up to another, at most `limit` of them. */
  read(range: { after: number; upTo: number; limit: number }): Promise<readonly CampaignEvent[]>;
  /** Hands events to the reader, and waits until it has room for more. */
  give(events: readonly CampaignEvent[]): Promise<void>;
  readonly signal: AbortSignal;
}

/** Events of one reading: enough that a long history takes few, little enough that it does not fill a reader's buffer. */
const PAGE = 200;

/**
 * Brings a reader from where it was to where the follower is, and calls `joined` in the very step in which it is there:
 * from then on it misses nothing that the follower's listeners are told. Ends without that when `signal` aborts.
 */
export async function replayEvents(replay: Replay, joined: () => void): Promise<void> {
  const { following, executionId, signal } = replay;
  let position = replay.after;
  while (!signal.aborted) {
    const upTo = following.head;
    if (position >= upTo) {
      joined();
      return;
    }
    const kept = following.recent(position);
    const isKept = kept !== null;
    const events = isKept
      ? kept.filter((event) => executionId === undefined || event.executionId === executionId)
      : await replay.read({ after: position, upTo, limit: PAGE });
    // Fewer than a page: nothing more is there up to that number.
    position = !isKept && events.length === PAGE ? (events.at(-1)?.seq ?? upTo) : upTo;
    if (events.length > 0 && !signal.aborted) await replay.give(events);
  }
}
