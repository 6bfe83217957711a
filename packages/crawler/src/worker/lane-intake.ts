import { setTimeout as sleep } from 'node:timers/promises';

export interface LaneIntakeOptions {
  /** Takes the next lane if there is room and one is to be had; resolves with its crawl, or null. */
  readonly takeNext: () => Promise<{ readonly crawl: Promise<void> } | null>;
  readonly activeLanes: () => number;
  readonly onError: (error: unknown) => void;
  /** Milliseconds between looks while none is to be had. */
  readonly lookMs?: number;
}

const LOOK_MS = 500;
/** After a lane was taken, per lane that is held: other workers, which hold fewer, get there first. */
const STEP_MS = 25;

export interface LaneIntake {
  /** Takes no further lanes. */
  stop(): Promise<void>;
}

/**
 * Looks for lanes again and again, besides what the queue rings for: a bell may be lost, may have rung at a
 * worker that left the lane to this one, or while this one was full.
 */
export function startLaneIntake(options: LaneIntakeOptions): LaneIntake {
  const { takeNext, activeLanes, onError, lookMs = LOOK_MS } = options;
  const stopping = new AbortController();
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      const taken = await takeNext().catch((error: unknown) => {
        onError(error);
        return null;
      });
      taken?.crawl.catch(onError);
      const pauseMs = taken === null ? lookMs * (0.8 + 0.4 * Math.random()) : STEP_MS * activeLanes();
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await looking;
    },
  };
}
