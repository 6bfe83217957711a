import { JOBS, type LaneJob, laneJobId } from '@outrider/shared';
import { openJobProducer, type QueueDepth } from '../jobs/job-producer.js';
import type { QueueLogger } from '../queue-logger.js';
import type { QueueStore } from '../store/queue-store.js';

/** Offers lanes to workers. It is only the bell: the lane's row says whether it still wants one. */
export interface LaneQueue {
  /**
   * Offers a lane for one epoch. The same offer twice is one job while that job waits or runs.
   * Throws `queue_unavailable` within five seconds; the reconciler offers again what was not offered.
   */
  offer(job: LaneJob): Promise<void>;
  /** Lane jobs that wait for a worker, and that workers hold. Throws `queue_unavailable`. */
  depth(): Promise<QueueDepth>;
  close(): Promise<void>;
}

/** Opens the producing side. Connects with the first call, so that it can be opened while the store is away. */
export function openLaneQueue(store: QueueStore, { logger }: { readonly logger: QueueLogger }): LaneQueue {
  const producer = openJobProducer<LaneJob>(store, JOBS.lane.queue, logger);
  return {
    offer: (job) => producer.add(laneJobId(job), job),
    depth: () => producer.depth(),
    close: () => producer.close(),
  };
}
