/**
 * Why an execution, or one of its lanes, is not fetching just now, with what each means to the person who asks. The one
 * set for lanes that a worker holds and for those in the queue.
 */
export const WAITING_REASONS = {
  paused_by: 'it was paused, by somebody or by a limit; whom or which is named beside it',
  no_worker: 'no worker process is alive',
  no_browser_worker: 'it renders pages, and no worker that is alive has a browser',
  dispatch:
    'a worker has room for it and is about to take it; should this last, the queue is away, and it is offered again',
  capacity: 'every worker that could take it is full, and others come first',
  quota_executions: 'its tenant has as many executions running as it may',
  quota_pages: 'its tenant has fetched as many pages today (UTC) as it may; it goes on at midnight',
  worker_lost: 'its worker died or was cut off, and another is to take over',
  host_frozen: 'somebody froze the hosts that it has left to crawl',
  host_backoff: 'the hosts that it has left asked to be left alone, or cannot be reached',
  host_busy: 'other lanes have all the fetches that its hosts may get at a time',
  robots_unreachable: 'the robots.txt of a host could not be read and is asked for again',
  retry_later: 'all URLs it has left are to be tried again later',
  frontier_empty: 'nothing is left to claim; what is in flight may find more',
  standing_by:
    'another worker of the same machine has begun it, and goes on alone while no core is idle, for a minute at most',
  page_limit: 'scope.maxPages is reached and it is about to end',
  duration_limit: 'scope.maxDurationSeconds have passed and it is about to end',
  byte_limit: 'scope.maxBytes is reached and it is about to end',
  not_running: 'it is pausing or stopping',
} as const;
export type WaitingReason = keyof typeof WAITING_REASONS;
export const WAITING_REASON_NAMES = Object.keys(WAITING_REASONS) as [WaitingReason, ...WaitingReason[]];
