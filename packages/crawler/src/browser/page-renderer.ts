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
  /** Where its picture lies below the folder of screenshots; null without one. */
  readonly screenshotKey: string | null;
}

/** The page was fetched, and the browser could not show it. What its HTML says is recorded all the same. */
export interface RenderFailure {
  readonly kind: 'not_rendered';
  readonly code: RenderFault | 'browser_unavailable';
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
  /** Why it can render nothing any more; null while it can. Then nothing is fetched for it either. */
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
