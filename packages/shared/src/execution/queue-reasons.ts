/** Why an execution waits for its first, or its next, lane, with what each means to the person who asks. */
export const QUEUE_REASONS = {
  capacity: 'every worker that could take it is full, and others come first',
  quota_executions: 'its tenant has as many executions running as it may',
  quota_pages: 'its tenant has fetched as many pages today (UTC) as it may; it goes on at midnight',
  no_worker: 'no worker is alive',
  no_browser_worker: 'it needs a browser, and no worker that is alive has one',
} as const;
export type QueueReason = keyof typeof QUEUE_REASONS;
export const QUEUE_REASON_NAMES = Object.keys(QUEUE_REASONS) as [QueueReason, ...QueueReason[]];
