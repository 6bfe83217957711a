export type { QueueHealth } from './canary/consumer-health.js';
export { type InterruptionCause, JobInterruption } from './jobs/job-interruption.js';
export type { QueueDepth } from './jobs/job-producer.js';
export { type LaneConsumer, type LaneConsumerOptions, openLaneConsumer } from './lanes/lane-consumer.js';
export { type LaneQueue, openLaneQueue } from './lanes/lane-queue.js';
export type { QueueLogger } from './queue-logger.js';
export { prepareQueueStore } from './store/prepare-queue-store.js';
export { QUEUE_KEY_PREFIX, QUEUE_SCHEMA, type QueueStore, queueStoreFrom } from './store/queue-store.js';
