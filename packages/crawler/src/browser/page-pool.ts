import type { BrowserContext, BrowserHost } from './browser-host.js';
import { BrowserPage, type PageSettings } from './browser-page.js';

/** Documents a page renders before a new one takes its place, so that what pages leak stays bounded. */
const RENDERS_PER_PAGE = 200;
const CLOSED = 'the lane is over';

/** The pages of one lane, in a context of their own: opened when they are needed, and used again. */
export class PagePool {
  readonly #host: BrowserHost;
  readonly #settings: PageSettings;
  readonly #size: number;
  #context: Promise<BrowserContext> | null = null;
  /** All that were opened and whose browser runs: one in which no page could be opened is followed by another. */
  readonly #contexts = new Set<BrowserContext>();
  readonly #idle: BrowserPage[] = [];
  readonly #busy = new Set<BrowserPage>();
  #taken = 0;
  readonly #waiting: (() => void)[] = [];
  #closed = false;
  #refuse: (error: Error) => void = () => {};
  /** Rejects when the pool is closed. */
  readonly #over = new Promise<never>((_, reject) => {
    this.#refuse = reject;
  });

  constructor(host: BrowserHost, settings: PageSettings, size: number) {
    this.#over.catch(() => undefined);
    this.#host = host;
    this.#settings = settings;
    this.#size = size;
  }

  /**
   * A page to render with; waits for one while all are in use. Throws when the browser cannot be started, and when the
   * pool is closed: nobody would close the page again.
   */
  async take(): Promise<BrowserPage> {
    if (this.#taken >= this.#size) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#taken += 1;
    try {
      if (this.#closed) throw new Error(CLOSED);
      // A browser that starts, or hangs, may take its time: whoever is over does not wait for it.
      const page = this.#popIdle() ?? (await Promise.race([this.#open(), this.#over]));
      this.#busy.add(page);
      return page;
    } catch (error) {
      this.#free();
      throw error;
    }
  }

  /** Gives a page back for the next document. */
  give(page: BrowserPage): void {
    if (!this.#busy.delete(page)) return;
    if (this.#closed || page.renders >= RENDERS_PER_PAGE || page.isLost) page.destroy(false);
    else this.#idle.push(page);
    this.#free();
  }

  /** Throws a page away that is broken; one that is stuck is made to end. */
  discard(page: BrowserPage, stuck: boolean): void {
    if (!this.#busy.delete(page)) return;
    page.destroy(stuck);
    this.#free();
  }

  /** Ends all pages and what they stored, those included that are being opened. */
  close(): void {
    this.#closed = true;
    this.#refuse(new Error(CLOSED));
    for (const page of [...this.#idle.splice(0), ...this.#busy]) page.destroy(false);
    for (const context of this.#contexts) this.#host.closeContext(context);
    this.#contexts.clear();
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
      if (this.#closed) throw new Error(CLOSED);
      const page = await BrowserPage.open(chromium.devtools, id, this.#settings);
      if (!this.#closed) return page;
      page.destroy(false);
      throw new Error(CLOSED);
    } catch (error) {
      if (this.#context === opening) this.#context = null;
      throw error;
    }
  }

  #openContext(): Promise<BrowserContext> {
    const opening = this.#host.openContext().then((context) => {
      if (this.#closed) {
        this.#host.closeContext(context);
        throw new Error(CLOSED);
      }
      this.#contexts.add(context);
      void context.chromium.exited.then(() => {
        this.#contexts.delete(context);
        if (this.#context === opening) this.#context = null;
        // With its browser, every page of it is gone.
        this.#idle.splice(0);
        for (const page of this.#busy) page.lost();
      });
      return context;
    });
    return opening;
  }

  /** The place goes to who waits longest. */
  #free(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken -= 1;
    else next();
  }
}
