/** Why a discovered URL was not fetched, with what each means to the person who asks. */
export const SKIP_REASONS = {
  duplicate: 'the same URL, once normalised, is in this execution already',
  depth_limit: 'it lies deeper than scope.maxDepth',
  excluded_pattern: 'a scope.deny pattern matches it, or no scope.allow pattern does',
  robots_txt: "the site's robots.txt disallows it",
  robots_unreachable: "the site's robots.txt could not be read, which RFC 9309 treats as disallow",
  out_of_scope: 'it lies outside the sites that scope.within allows',
  page_limit: 'scope.maxPages was reached before its turn',
  duration_limit: 'scope.maxDurationSeconds was reached before its turn',
  byte_limit: 'scope.maxBytes was reached before its turn',
  stopped: 'the execution was stopped before its turn',
  cancelled: 'the execution was cancelled before its turn',
  execution_failed: 'the execution failed before its turn',
  redirect_limit: 'it is the target of a redirect past fetch.maxRedirects',
  nofollow: 'only nofollow links lead to it and scope.followNofollow is off',
  not_in_list: 'the campaign crawls a list and this URL is not on it',
  not_in_sitemap: 'the campaign crawls what its sitemaps name, and they do not name this URL',
  trap: 'it looks like one of an endless family of URLs',
} as const;
export type SkipReason = keyof typeof SKIP_REASONS;
export const SKIP_REASON_NAMES = Object.keys(SKIP_REASONS) as [SkipReason, ...SkipReason[]];

/** How a URL became known. */
export const DISCOVERY_METHODS = ['link', 'sitemap', 'api', 'seed', 'redirect', 'canonical'] as const;
export type DiscoveryMethod = (typeof DISCOVERY_METHODS)[number];
