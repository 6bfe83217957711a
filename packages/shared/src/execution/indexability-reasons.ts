/** Why search engines will not index a URL that answered. */
export const INDEXABILITY_REASONS = [
  'noindex',
  'canonicalised',
  'redirect',
  'client_error',
  'server_error',
  'no_response',
  'non_html',
] as const;
export type IndexabilityReason = (typeof INDEXABILITY_REASONS)[number];
