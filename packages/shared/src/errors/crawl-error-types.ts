/** The classes of `campaign_errors.error_type`. */
export const CRAWL_ERROR_TYPES = [
  'network',
  'timeout',
  'http',
  'parsing',
  'validation',
  'robot_blocked',
  'blocked',
  'limit',
  'internal',
] as const;
export type CrawlErrorType = (typeof CRAWL_ERROR_TYPES)[number];

export const SEVERITIES = ['info', 'warning', 'error', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];
