import type { BrowserConfig } from '@outrider/shared';
import { createPageParser } from '../parse/page-parser.js';
import type { BrowserHost } from './browser-host.js';
import { type BrowserPage, RenderError, type RenderedDocument, type RenderLimits } from './browser-page.js';
import { DevtoolsError } from './devtools-pipe.js';
import { PagePool } from './page-pool.js';
import type { PageRenderer, RenderFailure, Rendering, RenderRequest } from './page-renderer.js';

export interface BrowserRendererOptions {
  readonly host: BrowserHost;
  readonly config: BrowserConfig;
  readonly userAgent: string;
  /** Limit for the rendered document. */
  readonly maxBodyBytes: number;
  /** Keeps a picture and returns its key. */
  readonly storeScreenshot: (urlKey: string, image: Buffer) => Promise<string>;
  readonly onRendered: (renderMs: number) => void;
}

/** Pages of one lane: more would only take the processor from each other. */
const MAX_PAGES = 16;
/** A crash may be another page's doing: the document is shown to a new page once more. It is not fetched again. */
const TRIES = 2;

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
  #closed = false;

  constructor(options: BrowserRendererOptions) {
    const { host, config, userAgent } = options;
    this.#options = options;
    this.#pool = new PagePool(host, { userAgent, blockResources: config.blockResources }, MAX_PAGES);
    this.#limits = {
      timeoutMs: config.timeoutMs,
      waitMs: config.waitMs,
      maxLength: options.maxBodyBytes,
    };
  }

  trouble(): string | null {
    return this.#options.host.trouble;
  }

  async render(request: RenderRequest): Promise<Rendering | null> {
    let failure: RenderFailure = {
      kind: 'not_rendered',
      code: 'browser_gone',
      message: 'the lane ended first',
    };
    for (let attempt = 1; attempt <= TRIES && !this.#closed; attempt += 1) {
      const outcome = await this.#attempt(request);
      if (outcome.kind === 'rendered') return outcome;
      failure = outcome;
      if (outcome.code === 'render_timeout' || outcome.code === 'page_left') break;
    }
    return failure;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#pool.close();
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
      const screenshotKey = await this.#picture(page, request.urlKey);
      // One that had not loaded may still report events of this document when the next has begun.
      if (document.settledBy === 'deadline') this.#pool.discard(page, true);
      else this.#pool.give(page);
      this.#options.host.worked();
      this.#options.onRendered(document.renderMs);
      return renderedPage(request, document, screenshotKey);
    } catch (error) {
      const code = faultOf(error);
      this.#pool.discard(page, code === 'render_timeout');
      return { kind: 'not_rendered', code, message: messageOf(error) };
    }
  }

  async #picture(page: BrowserPage, urlKey: string): Promise<string | null> {
    if (!this.#options.config.screenshot) return null;
    return this.#options.storeScreenshot(urlKey, await page.screenshot());
  }
}

function renderedPage(
  { url, headers }: RenderRequest,
  { html, ...facts }: RenderedDocument,
  screenshotKey: string | null,
): Rendering {
  const parser = createPageParser({ url, contentType: 'text/html; charset=utf-8', headers });
  parser.write(Buffer.from(html));
  return { kind: 'rendered', ...facts, content: parser.end(), screenshotKey };
}

function faultOf(error: unknown): RenderFailure['code'] {
  if (error instanceof RenderError) return error.code;
  return error instanceof DevtoolsError && error.connectionLost ? 'browser_gone' : 'page_crashed';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
