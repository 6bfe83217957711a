import type { BackOff, CarriedPage, HostRefusal } from '@outrider/db';
import type { CampaignConfig } from '@outrider/shared';
import type { PageRenderer } from '../browser/page-renderer.js';
import type { Fetcher } from '../fetch/fetcher.js';
import type { Reading } from '../reading/reading.js';
import type { DiscoveryRules } from '../record/link-discovery.js';
import type { HostWatch } from './host-watch.js';
import type { AskRobots } from './lane-robots.js';
import type { UnreachableRobots } from './unreachable-robots.js';

/** What crawling one URL of a lane works with. */
export interface TargetContext {
  readonly config: CampaignConfig;
  readonly fetcher: Fetcher;
  readonly robots: AskRobots;
  readonly renderer: PageRenderer;
  readonly reading: Reading;
  readonly unreachable: UnreachableRobots;
  /** The rules at the moment the URL is decided on: the scope may widen while a lane runs. */
  readonly rules: () => DiscoveryRules;
  /** A page of an earlier execution that has not changed since; null when it is gone. */
  readonly carriedPage: (executionId: string, urlKey: string) => Promise<CarriedPage | null>;
  /** Keys of URLs whose earlier record is known not to stand any more: they are asked for without its validators. */
  readonly outdated: Set<string>;
  readonly signal: AbortSignal;
  readonly hosts: HostWatch;
  /** Told when several connections in a row could not be made: what waits for the host goes back to the frontier. */
  readonly onUnreachable: (host: string) => Promise<void>;
  readonly backOff: (host: string, refusal: HostRefusal) => Promise<BackOff>;
  /**
   * Told what robots.txt says of the host's pace; resolves true when a fetch may follow, and false when the
   * URL must take a new place in the host's pace. `fetched`: it was just read from the site.
   */
  readonly onRobots: (host: string, crawlDelaySeconds: number | null, fetched: boolean) => Promise<boolean>;
  /** Told that there is no browser to render with; returns whether that is news. The lane is handed back then. */
  readonly onBrowserUnavailable: (message: string) => boolean;
  /** Told when a request goes out to a host. */
  readonly onSent: (host: string) => void;
  readonly onFetched: (measure: { totalMs: number; wireBytes: number }) => void;
  /** Told for how many milliseconds an answer was read. */
  readonly onRead: (readMs: number) => void;
  readonly crashAt: (point: 'before_fetch' | 'after_fetch') => void;
}
