import type {
  ClaimedSitemap,
  NewSitemap,
  PinnedSitemap,
  SitemapLease,
  SitemapOutcome,
  SitemapRetry,
  SitemapUrl,
} from '@outrider/db';

/** What a lane asks of the database about sitemaps. False where the lane is another worker's by now. */
export interface SitemapEffects {
  /** Puts files on the execution's list. */
  add(files: readonly NewSitemap[]): Promise<boolean>;
  /** A file to read, or why one that is pending waits for its host. */
  lease(): Promise<SitemapLease>;
  /** Takes the next place in a host's pace, which is no faster than this delay; in how many milliseconds it is. */
  takePlace(host: string, delayMs: number): Promise<number>;
  /** What the execution that is repeated found in a file. */
  readPinned(pinnedId: string): Promise<PinnedSitemap | null>;
  /** Writes a part of a file's URLs. */
  commitUrls(file: ClaimedSitemap, urls: readonly SitemapUrl[]): Promise<boolean>;
  settle(file: ClaimedSitemap, outcome: SitemapOutcome | SitemapRetry): Promise<boolean>;
}
