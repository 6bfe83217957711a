import type { ClaimedSitemap, ClaimedTarget } from '@outrider/db';

/** A sitemap file in the queue of a lane, where it waits for a permit and the pace of its host like a page. */
export interface SitemapTask extends ClaimedTarget {
  readonly sitemap: ClaimedSitemap;
}

/** `startInMs`: its place in the pace of its host. */
export function sitemapTask(file: ClaimedSitemap, startInMs: number): SitemapTask {
  const { url, urlKey, host, depth, attempt } = file;
  return { url, urlKey, host, depth, attempt, isSeed: false, redirectHops: [], startInMs, sitemap: file };
}

export function isSitemapTask(target: ClaimedTarget): target is SitemapTask {
  return 'sitemap' in target;
}
