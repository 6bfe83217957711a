import type { Batch, CarriedPage, ClaimedTarget, LaneScope } from '@outrider/db';
import type { Rendering } from '../browser/page-renderer.js';
import type { FetchResponse } from '../fetch/fetch-outcome.js';
import type { BodyReceiver } from '../fetch/fetch-request.js';
import type { PageContent } from '../parse/page-content.js';
import type { PageParserInput } from '../parse/page-parser.js';
import type { UrlSettlement } from '../record/url-settlement.js';

/** A document that is coming in. */
export interface OpenDocument extends BodyReceiver {
  /** Lets go of a document that is not to be settled. Nothing happens when it was. */
  discard(): void;
  /** What it says, once it has ended; null before, and for one that is read in another thread. */
  readonly content: PageContent | null;
}

/** One answer to one claimed URL, and whatever is known of it. */
export interface Answer {
  readonly target: ClaimedTarget;
  readonly response: FetchResponse;
  /** When it was complete. */
  readonly fetchedAt: Date;
  /** Null for what is not HTML, and for a page that has not changed. */
  readonly document: OpenDocument | null;
  readonly sniffedType: string | null;
  /** What a body is that claimed to be HTML. */
  readonly refusedType: string | null;
  /** What a browser saw; null for a page that was not to be rendered. */
  readonly seen: Rendering | null;
  /** The page as it was in an earlier execution, for an answer of 304. */
  readonly carried: { readonly executionId: string; readonly page: CarriedPage } | null;
}

/** What follows from an answer. */
export interface SettledAnswer {
  readonly settlement: UrlSettlement;
  readonly scopeHost?: Batch['scopeHosts'][number];
  /** Milliseconds spent on it by the parser and on its record; not the time it waited. */
  readonly readMs: number;
}

/**
 * Reads answers for one lane: parses their documents, decides on the URLs found, and lays out their records. Keeps what
 * the lane remembers of URLs. Two implementations: in this thread, and in one of its own.
 */
export interface Reading {
  /** The scope that URLs found from now on are decided by. To be called before the first answer is settled. */
  apply(scope: LaneScope): void;
  open(page: PageParserInput): OpenDocument;
  /** Rejects with ReadingLost when the thread ended over it, or with what our own code threw. */
  settle(answer: Answer): Promise<SettledAnswer>;
  /** Forgets the lane. Answers still being read are lost. */
  close(): void;
}
