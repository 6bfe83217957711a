import type { EndReason } from '@outrider/shared';

/** Why an execution ended, for people. */
export const END_SENTENCES: Readonly<Record<EndReason, string>> = {
  frontier_exhausted: 'every URL in scope was visited',
  page_limit: 'the limit of pages was reached (scope.maxPages, --max-pages)',
  duration_limit: 'the limit of time was reached (scope.maxDurationSeconds)',
  byte_limit: 'the limit of bytes was reached (scope.maxBytes)',
  error_rate: 'too many URLs failed (limits.errorRate); what was gathered stays',
  stopped_by_user: 'it was stopped; what was gathered stays',
  cancelled_by_user: 'it was cancelled; what was gathered stays',
  no_usable_seed: 'no start URL gave a usable answer',
  robots_unreachable: "the site's robots.txt could not be read, which forbids everything (RFC 9309)",
  stalled: 'it got nothing done and made room for the next run of its schedule; what was gathered stays',
  internal_error: 'something broke on our side; the logs say what',
};
