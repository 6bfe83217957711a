import { z } from 'zod';

/** Every queue, and what a message on it carries: ids only. A message may be lost, doubled or late without harm. */
export const JOBS = {
  lane: {
    queue: 'lanes',
    meaning: 'a lane of an execution wants a worker; the lane row says whether it still does',
    payload: z.strictObject({ laneId: z.uuid(), epoch: z.int().min(1) }),
  },
  canary: {
    queue: 'canary',
    meaning: 'whoever handles it proves that it still gets jobs; nothing else is done with it',
    payload: z.strictObject({ consumerId: z.uuid() }),
  },
} as const;

export type LaneJob = z.infer<(typeof JOBS)['lane']['payload']>;
export type CanaryJob = z.infer<(typeof JOBS)['canary']['payload']>;

/** The id of the job that offers a lane for one epoch: the same offer twice is one job. No `:`, which BullMQ refuses. */
export function laneJobId(job: LaneJob): string {
  return `lane_${job.laneId}_${job.epoch}`;
}

/** The id of a consumer's canary job: at most one of each consumer is in the queue. */
export function canaryJobId(job: CanaryJob): string {
  return `canary_${job.consumerId}`;
}
