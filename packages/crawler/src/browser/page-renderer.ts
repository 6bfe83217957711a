import type { Screenshot } from '@outrider/db';
import type { PageContent } from '../parse/page-content.js';
import type { FetchedDocument } from './browser-page.js';
import type { PageFacts, RenderFault } from './page-facts.js';

export interface RenderRequest extends FetchedDocument {
  readonly urlKey: string;
}

/** A page as a browser shows it. */
export interface RenderedPage extends PageFacts {
  readonly kind: 'rendered';
  readonly content: PageContent;
  /** The rendered document was longer than the limit for bodies. */
  readonly cut: boolean;
  /** Null where the campaign asks for none, and where none could be taken. */
  readonly screenshot: Screenshot | null;
  readonly screenshotFailure: ScreenshotFailure | null;
}

/** Why a rendered page has no picture. */
export interface ScreenshotFailure {
  readonly code: 'screenshot_timeout' | 'screenshot_too_large' | 'screenshot_failed';
  readonly message: string;
}

/**
 * The page was fetched, and the browser could not show it. What its HTML says is recorded all the same, unless
 * the page itself ends browsers (`browser_killed`) or there is no browser (`browser_unavailable`).
 */
export interface RenderFailure {
  readonly kind: 'not_rendered';
  readonly code: RenderFault | 'browser_killed' | 'browser_unavailable';
  readonly message: string;
}

export type Rendering = RenderedPage | RenderFailure;

/**
 * What turns a fetched document into the page that is recorded. Two implementations: HTTP mode records the
 * document as it came; browser mode renders it first. A renderer never fetches the document again.
 */
export interface PageRenderer {
  /** Whether `render` will want the bytes of a document. */
  readonly wantsBodies: boolean;
  /** URLs in flight at most in one lane, on all hosts together. */
  readonly concurrency: number;
  /** Why it can render nothing for now; null while it can. Then nothing is fetched for it either. */
  trouble(): string | null;
  /** Null when the document is to be recorded as it came. Never rejects. */
  render(request: RenderRequest): Promise<Rendering | null>;
  close(): Promise<void>;
}

/** HTTP mode. */
export const plainRenderer: PageRenderer = {
  wantsBodies: false,
  concurrency: 256,
  trouble: () => null,
  render: () => Promise.resolve(null),
  close: () => Promise.resolve(),
};
