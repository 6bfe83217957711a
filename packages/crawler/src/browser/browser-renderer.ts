import type { BrowserConfig } from '@outrider/shared';
import { createPageParser } from '../parse/page-parser.js';
import type { BrowserHost } from './browser-host.js';
import { type BrowserPage, RenderError, type RenderedDocument, type RenderLimits } from './browser-page.js';
import { DevtoolsError, MAX_DOCUMENT_LENGTH } from './devtools-pipe.js';
import { type Picture, takePicture } from './page-picture.js';
import { PagePool } from './page-pool.js';
import type { PageRenderer, RenderFailure, Rendering, RenderRequest } from './page-renderer.js';

export interface BrowserRendererOptions {
  readonly host: BrowserHost;
  readonly config: BrowserConfig;
  readonly userAgent: string;
  /** Limit for the rendered document. */
  readonly maxBodyBytes: number;
  readonly onRendered: (renderMs: number) => void;
}

/** Pages of one lane: more would only take the processor from each other. */
const MAX_PAGES = 16;
/** A renderer's crash may be chance: the document is shown to a new page once more. It is not fetched again. */
const TRIES = 2;
/** Browsers that may end before a page of theirs was opened. */
const MAX_OPENINGS = 10;
const NO_PICTURE = { screenshot: null, failure: null } as const;
const ENDED: RenderFailure = {
  kind: 'not_rendered',
  code: 'browser_gone',
  message: 'the lane ended first',
};

/** Browser mode: renders each document in a page of the worker's Chromium. */
export function createBrowserRenderer(options: BrowserRendererOptions): PageRenderer {
  return new BrowserRenderer(options);
}

class BrowserRenderer implements PageRenderer {
  readonly wantsBodies = true;
  readonly concurrency = MAX_PAGES;
  readonly #options: BrowserRendererOptions;
  readonly #pool: PagePool;
  readonly #limits: RenderLimits;
  /** Keys of URLs that were in a browser when it ended: they are rendered alone, until one has been. */
  readonly #suspects = new Set<string>();
  readonly #closing = new AbortController();

  constructor(options: BrowserRendererOptions) {
    const { host, config, userAgent } = options;
    this.#options = options;
    this.#pool = new PagePool(host, { userAgent, blockResources: config.blockResources }, MAX_PAGES);
    this.#limits = {
      timeoutMs: config.timeoutMs,
      waitMs: config.waitMs,
      maxLength: Math.min(options.maxBodyBytes, MAX_DOCUMENT_LENGTH),
    };
  }

  trouble(): string | null {
    return this.#options.host.trouble;
  }

  async render(request: RenderRequest): Promise<Rendering | null> {
    let crashes = 0;
    let openings = 0;
    while (!this.#isClosed) {
      const isSuspect = this.#suspects.has(request.urlKey);
      const outcome = await this.#enter(request, isSuspect);
      if (outcome.kind === 'rendered') {
        this.#suspects.delete(request.urlKey);
        return outcome;
      }
      // Whatever it was: the lane is over, and its pages were closed under it.
      if (this.#isClosed) break;
      switch (outcome.code) {
        case 'browser_unavailable':
          openings += 1;
          if (this.trouble() !== null || openings >= MAX_OPENINGS) {
            return { ...outcome, message: this.trouble() ?? outcome.message };
          }
          break;
        case 'browser_gone':
          if (isSuspect) return killed();
          this.#suspects.add(request.urlKey);
          break;
        case 'page_crashed':
          crashes += 1;
          if (crashes >= TRIES) return outcome;
          break;
        default:
          return outcome;
      }
    }
    return ENDED;
  }

  close(): Promise<void> {
    this.#closing.abort();
    this.#pool.close();
    return Promise.resolve();
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** In company, or alone: then what ends the browser is this page. */
  async #enter(request: RenderRequest, alone: boolean): Promise<Rendering> {
    const leave = await this.#options.host.gate.enter(alone, this.#closing.signal);
    if (leave === null) return ENDED;
    try {
      return this.#isClosed ? ENDED : await this.#attempt(request);
    } finally {
      leave();
    }
  }

  async #attempt(request: RenderRequest): Promise<Rendering> {
    let page: BrowserPage;
    try {
      page = await this.#pool.take();
    } catch (error) {
      return { kind: 'not_rendered', code: 'browser_unavailable', message: messageOf(error) };
    }
    try {
      const document = await page.render(request, this.#limits);
      const picture = this.#options.config.screenshot ? await takePicture(page) : NO_PICTURE;
      const rendering = renderedPage(request, document, picture);
      // One that had not loaded may still report events of this document when the next has begun.
      if (document.settledBy === 'deadline' || picture.failure !== null) this.#pool.discard(page, true);
      else this.#pool.give(page);
      this.#options.onRendered(document.renderMs);
      return rendering;
    } catch (error) {
      const code = faultOf(error);
      this.#pool.discard(page, code === 'render_timeout');
      return { kind: 'not_rendered', code, message: messageOf(error) };
    }
  }
}

function renderedPage(
  { url, headers }: RenderRequest,
  { html, ...facts }: RenderedDocument,
  { screenshot, failure }: Picture | typeof NO_PICTURE,
): Rendering {
  const parser = createPageParser({ url, contentType: 'text/html; charset=utf-8', headers });
  parser.write(Buffer.from(html));
  return { kind: 'rendered', ...facts, content: parser.end(), screenshot, screenshotFailure: failure };
}

function killed(): RenderFailure {
  const message = 'the browser ended while it rendered this page, and again when it rendered nothing else';
  return { kind: 'not_rendered', code: 'browser_killed', message };
}

function faultOf(error: unknown): RenderFailure['code'] {
  if (error instanceof RenderError) return error.code;
  return error instanceof DevtoolsError && error.connectionLost ? 'browser_gone' : 'page_crashed';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
