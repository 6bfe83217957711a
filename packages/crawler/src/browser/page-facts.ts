/** A list that is kept up to a limit, with the count of all. */
export interface Counted<T> {
  readonly items: readonly T[];
  readonly count: number;
}

/** A resource of a page that gave no usable answer. */
export interface FailedRequest {
  readonly url: string;
  /** As the DevTools protocol names it: `Script`, `Stylesheet`, `XHR`. */
  readonly type: string;
  /** A network error such as `net::ERR_CONNECTION_REFUSED`, or `http_404`. */
  readonly reason: string;
}

/** Why a page gave no snapshot. */
export type RenderFault = 'render_timeout' | 'page_crashed' | 'page_left' | 'browser_gone';

/** How the wait for a page ended. */
export type SettledBy =
  /** It had loaded, and nothing was left to do. */
  | 'idle'
  /** It went on working until the wait's limit. */
  | 'wait_limit'
  /** It had not even loaded when its time was over. */
  | 'deadline';

/** Where a page sent its reader by itself. */
export interface ClientNavigation {
  readonly url: string;
  readonly type: 'javascript' | 'meta_refresh' | 'http_refresh';
}

/** What a browser saw while it rendered a page. */
export interface PageFacts {
  readonly settledBy: SettledBy;
  /** From the document being handed over to the snapshot, in milliseconds. */
  readonly renderMs: number;
  /** The first place the page tried to go to. */
  readonly navigation: ClientNavigation | null;
  readonly consoleErrors: Counted<string>;
  readonly failedRequests: Counted<FailedRequest>;
  /** Requests the page made, besides the document. */
  readonly requests: number;
  /** Of those, refused by the campaign's `blockResources`. */
  readonly blockedRequests: number;
  /** Bytes that its resources took on the wire; what came from the cache took none. */
  readonly resourceBytes: number;
}

/** Keeps the first ones and counts all. */
export class CountedList<T> {
  readonly #items: T[] = [];
  #count = 0;

  constructor(private readonly limit: number) {}

  add(item: () => T): void {
    this.#count += 1;
    if (this.#items.length < this.limit) this.#items.push(item());
  }

  get counted(): Counted<T> {
    return { items: this.#items, count: this.#count };
  }
}
