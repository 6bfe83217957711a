/** Why an estimate of an execution's end may be wrong. `docs/analytics.md` is tested against this table both ways. */
export const PROGRESS_CAVEATS = {
  not_started: 'no worker has begun with it',
  just_started: 'too few URLs have been settled to judge by',
  no_end_in_sight: 'each page still leads to as many new ones, or more',
  still_growing: 'pages still lead to new ones',
  previous_execution: 'the total leans on what the previous execution came to',
  sitemaps_pending: 'sitemaps are still to be read',
  page_limit: 'scope.maxPages will end it',
  duration_limit: 'scope.maxDurationSeconds will end it',
  byte_limit: 'scope.maxBytes may end it first',
  slowest_host: 'one host is crawled slower than all others, and decides',
  waiting: 'it is not fetching just now, and how long that lasts is not in the time that is left',
  paused: 'it is paused; the rest takes as long once it is resumed',
  ending: 'somebody has asked for its end',
  unsteady: 'its pace has changed lately',
} as const;
export type ProgressCaveat = keyof typeof PROGRESS_CAVEATS;
export const PROGRESS_CAVEAT_NAMES = Object.keys(PROGRESS_CAVEATS) as [ProgressCaveat, ...ProgressCaveat[]];
