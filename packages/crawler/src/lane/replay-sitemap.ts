import type { PinnedSitemap, SitemapOutcome, SitemapUrl } from '@outrider/db';
import type { DiscoveryRules } from '../record/link-discovery.js';
import { SitemapFindings } from '../sitemap/sitemap-findings.js';
import type { SitemapTask } from './sitemap-task.js';
import { UrlWriter } from './sitemap-url-writer.js';

export interface ReplaySitemapContext {
  readonly rules: () => DiscoveryRules;
  /** Ends the reading: the lane is over. */
  readonly signal: AbortSignal;
  readonly commitUrls: (urls: readonly SitemapUrl[]) => Promise<boolean>;
}

/**
 * Reads a sitemap file of a repeated execution from what that one found in it: the same pages go through the same
 * decisions, and nothing is fetched. The files that it named are on the list already. Null when the lane ended meanwhile.
 */
export async function replaySitemap(
  task: SitemapTask,
  { outcome, entries }: PinnedSitemap,
  { rules, signal, commitUrls }: ReplaySitemapContext,
): Promise<SitemapOutcome | null> {
  const findings = new SitemapFindings(task.sitemap, rules);
  const writer = new UrlWriter(commitUrls, () => undefined);
  for (const entry of entries) writer.add(findings.page(entry));
  const isHeld = await writer.finish();
  if (!isHeld || signal.aborted) return null;
  const { urlsInScope, newestLastmod } = findings;
  return { ...outcome, wireBytes: 0, urlsInScope, newestLastmod, files: [], errors: [] };
}
