import type { BrowserContext, BrowserHost } from './browser-host.js';
import { BrowserPage, type PageSettings } from './browser-page.js';

/** Documents a page renders before a new one takes its place, so that what pages leak stays bounded. */
const RENDERS_PER_PAGE = 200;

/** The pages of one lane, in a context of their own: opened when they are needed, and used again. */
export class PagePool {
  readonly #host: BrowserHost;
  readonly #settings: PageSettings;
  readonly #size: number;
  #context: Promise<BrowserContext> | null = null;
  readonly #idle: BrowserPage[] = [];
  readonly #busy = new Set<BrowserPage>();
  #taken = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(host: BrowserHost, settings: PageSettings, size: number) {
    this.#host = host;
    this.#settings = settings;
    this.#size = size;
  }

  /** A page to render with; waits for one while all are in use. Throws when the browser cannot be started. */
  async take(): Promise<BrowserPage> {
    if (this.#taken >= this.#size) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#taken += 1;
    try {
      const page = this.#popIdle() ?? (await this.#open());
      this.#busy.add(page);
      return page;
    } catch (error) {
      this.#free();
      throw error;
    }
  }

  /** Gives a page back for the next document. */
  give(page: BrowserPage): void {
    this.#busy.delete(page);
    if (page.renders >= RENDERS_PER_PAGE || page.isLost) page.destroy(false);
    else this.#idle.push(page);
    this.#free();
  }

  /** Throws a page away that is broken; one that is stuck is made to end. */
  discard(page: BrowserPage, stuck: boolean): void {
    this.#busy.delete(page);
    page.destroy(stuck);
    this.#free();
  }

  /** Ends all pages and what they stored. */
  async close(): Promise<void> {
    for (const page of [...this.#idle.splice(0), ...this.#busy]) page.destroy(false);
    const context = await this.#context?.catch(() => null);
    if (context) this.#host.closeContext(context);
  }

  /** None of a browser that is ending: its end would be laid to the next document. */
  #popIdle(): BrowserPage | undefined {
    let page = this.#idle.pop();
    while (page?.isLost === true) page = this.#idle.pop();
    return page;
  }

  async #open(): Promise<BrowserPage> {
    this.#context ??= this.#openContext();
    const opening = this.#context;
    try {
      const { chromium, id } = await opening;
      return await BrowserPage.open(chromium.devtools, id, this.#settings);
    } catch (error) {
      if (this.#context === opening) this.#context = null;
      throw error;
    }
  }

  /** With its browser, every page of it is gone. */
  async #openContext(): Promise<BrowserContext> {
    const context = await this.#host.openContext();
    void context.chromium.exited.then(() => {
      this.#context = null;
      this.#idle.splice(0);
      for (const page of this.#busy) page.lost();
    });
    return context;
  }

  /** The place goes to who waits longest. */
  #free(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken -= 1;
    else next();
  }
}
