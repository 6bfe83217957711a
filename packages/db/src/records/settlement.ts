import type {
  CrawlErrorType,
  DiscoveryMethod,
  IndexabilityReason,
  Severity,
  SkipReason,
  TrapBudget,
} from '@outrider/shared';
import type { RedirectHop } from '../frontier/claim-targets.js';
import type { PageLinks } from '../links/page-links.js';

/** What became of one claimed URL. Everything in it is committed together or not at all. */
export interface Settlement {
  readonly urlKey: string;
  /** Which attempt this was: a batch sent again late must not settle the next one. Absent: whichever it is at. */
  readonly attempt?: number;
  readonly verdict: Verdict;
  readonly discoveries: readonly Discovery[];
  readonly errors: readonly CrawlError[];
  /** A pattern of URLs that this page proves to be a trap: its pages repeat each other without end. */
  readonly closesPattern?: string;
}

export type Verdict =
  | {
      readonly kind: 'fetched';
      readonly page: FetchedPage;
      readonly links: PageLinks;
      readonly screenshot?: Screenshot;
    }
  | { readonly kind: 'failed'; readonly failureCode: string }
  | { readonly kind: 'skipped'; readonly reason: SkipReason; readonly rule: string }
  /** Back to the frontier, not before `delayMs` from now. `countAttempt` false undoes the attempt: it never went out. */
  | { readonly kind: 'retry'; readonly delayMs: number; readonly countAttempt: boolean };

/** Bytes of a picture at most: the table takes no larger one. */
export const MAX_SCREENSHOT_BYTES = 524_288;

/** One row of page_screenshots. */
export interface Screenshot {
  readonly format: 'webp';
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly bytes: Buffer;
  readonly takenAt: Date;
}

/** One row of crawl_results. Times in milliseconds, sizes in bytes. */
export interface FetchedPage {
  readonly url: string;
  readonly host: string;
  /** Clicks from a seed; null when only a sitemap names it. */
  readonly depth: number | null;
  readonly attempt: number;
  readonly statusCode: number;
  readonly contentType: string | null;
  readonly isHtml: boolean;
  readonly fetchedAt: Date;
  readonly ttfbMs: number | null;
  readonly totalMs: number;
  readonly wireBytes: number;
  readonly decodedBytes: number;
  readonly redirectUrl: string | null;
  readonly redirectKey: string | null;
  readonly title: string | null;
  /** Code points, and CSS pixels in the results of a search engine. */
  readonly titleLength: number | null;
  readonly titlePixels: number | null;
  readonly description: string | null;
  readonly descriptionLength: number | null;
  readonly descriptionPixels: number | null;
  readonly h1: string | null;
  readonly canonicalUrl: string | null;
  readonly indexable: boolean;
  readonly indexabilityReason: IndexabilityReason | null;
  readonly language: string | null;
  readonly wordCount: number | null;
  readonly internalLinks: number;
  readonly externalLinks: number;
  /** SHA-256, in hexadecimal. */
  readonly bodyHash: string | null;
  readonly textHash: string | null;
  readonly mainTextHash: string | null;
  /** 64 bits as a signed decimal number. */
  readonly simhash: string | null;
  /** 0 to 1. */
  readonly soft404Score: number | null;
  /**
   * How the answer came, and what the document says, as JSON text: a page waits for its batch long enough for
   * objects to grow old, and one string costs the collector less than a hundred of them.
   */
  readonly response: string;
  readonly page: string | null;
  /**
   * The earlier execution whose record of this URL stands: the server answered 304. Of the fields above only
   * those that tell of this fetch are kept, and its links come from there.
   */
  readonly carriedFrom?: string;
  /** What a browser saw, as JSON text; null for a page that was not to be rendered. */
  readonly rendering: string | null;
}

/** A distinct URL that a page named, with the decision on it. */
export interface Discovery {
  readonly url: string;
  readonly urlKey: string;
  readonly host: string;
  readonly sourceUrl: string;
  readonly method: DiscoveryMethod;
  /** As `scope.maxDepth` counts: clicks from a seed, or from what only a sitemap names, which is at 0 itself. */
  readonly depth: number;
  readonly isInternal: boolean;
  readonly skip: { readonly reason: SkipReason; readonly rule: string } | null;
  readonly priority: number;
  readonly redirectHops: readonly RedirectHop[];
  /** True for the target of a seed's redirect, which stands in for that seed. */
  readonly isSeed: boolean;
  /** What it uses up if the execution has not seen it before. Absent for what a person listed. */
  readonly budgets?: readonly TrapBudget[];
}

/** One row of campaign_errors. */
export interface CrawlError {
  readonly errorType: CrawlErrorType;
  readonly severity: Severity;
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly errorStack?: string;
  readonly url: string;
  readonly host: string;
  readonly httpStatusCode: number | null;
  readonly retryCount: number;
  readonly context: Readonly<Record<string, unknown>>;
}
