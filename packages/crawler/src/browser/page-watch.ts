import { cleanText, truncate } from '../parse/clean-text.js';
import type { DevtoolsEvent } from './devtools-pipe.js';
import { type ClientNavigation, CountedList, type FailedRequest } from './page-facts.js';

const MAX_CONSOLE_ERRORS = 25;
const MAX_FAILED_REQUESTS = 50;
const MAX_TEXT = 500;
const MAX_URL = 2_083;
/** Streams stay open by design; a wait for them would never end. */
const ENDLESS_TYPES: ReadonlySet<string> = new Set(['WebSocket', 'EventSource', 'Ping', 'Prefetch']);

/** The browser asks for the next document within this of having said that it would. Milliseconds. */
const LEAVE_MS = 1_000;

const ACTIVE_TYPES: ReadonlySet<string> = new Set(['Script', 'XHR', 'Fetch', 'WebSocket', 'EventSource']);

type Params = DevtoolsEvent['params'];

/** What one page does between being handed its document and its snapshot, from the protocol's events. */
export class PageWatch {
  readonly consoleErrors = new CountedList<string>(MAX_CONSOLE_ERRORS);
  readonly failedRequests = new CountedList<FailedRequest>(MAX_FAILED_REQUESTS);
  navigation: ClientNavigation | null = null;
  requests = 0;
  blockedRequests = 0;
  resourceBytes = 0;
  loaded = false;
  /** Milliseconds on the monotonic clock: when a request last began or ended. */
  lastActivity = performance.now();
  /** Whether scripts came over the network, or asked for something over it. */
  isActive = false;
  readonly #inFlight = new Map<string, { readonly url: string; readonly type: string }>();
  #requestedNavigation: ClientNavigation | null = null;
  #leavesBy = 0;

  constructor(
    readonly url: string,
    /** The main frame: what others go to is no navigation of the page. */
    readonly frameId: string,
  ) {}

  /** Requests that are still expected to end. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  observe({ method, params }: DevtoolsEvent): void {
    switch (method) {
      case 'Page.loadEventFired':
        this.loaded = true;
        break;
      case 'Page.frameScheduledNavigation':
        // Any other is requested at once, unless it stays on the page (a fragment, `javascript:`). A refresh that leaves time to read is
        // no reason to wait: its delay stands in the HTML.
        if (NAVIGATION_TYPES.has(text(params['reason'])) && params['delay'] === 0)
          this.#noteNavigation(params);
        break;
      case 'Page.frameRequestedNavigation':
        this.#noteNavigation(params);
        break;
      case 'Network.requestWillBeSent':
        this.#begin(params);
        break;
      case 'Network.responseReceived':
        this.#answer(params);
        break;
      case 'Network.loadingFinished':
        this.#end(params);
        break;
      case 'Network.loadingFailed':
        this.#fail(params);
        break;
      case 'Runtime.consoleAPICalled':
        if (params['type'] === 'error' || params['type'] === 'assert') {
          this.consoleErrors.add(() => consoleText(params['args']));
        }
        break;
      case 'Runtime.exceptionThrown':
        this.consoleErrors.add(() => exceptionText(params['exceptionDetails']));
        break;
    }
  }

  /** The page's main frame asked for another document, which was refused. */
  leave(url: string): void {
    if (this.navigation !== null) return;
    const known = this.#requestedNavigation;
    const type = known?.url === url ? known.type : 'javascript';
    this.navigation = { url: truncate(url, MAX_URL + 1), type };
  }

  /** The page has begun to go elsewhere, and where to is about to be known. */
  get isLeaving(): boolean {
    return this.navigation === null && performance.now() < this.#leavesBy;
  }

  #noteNavigation(params: Params): void {
    if (text(params['frameId']) !== this.frameId || !/^https?:/i.test(text(params['url']))) return;
    this.#leavesBy = performance.now() + LEAVE_MS;
    this.#requestedNavigation = {
      url: text(params['url']),
      type: NAVIGATION_TYPES.get(text(params['reason'])) ?? 'javascript',
    };
  }

  #begin(params: Params): void {
    const type = text(params['type']);
    const id = text(params['requestId']);
    const url = text(record(params['request'])['url']);
    // The document itself, and what costs no request.
    if (id === params['loaderId'] || url.startsWith('data:') || url.startsWith('blob:')) return;
    if (!this.#inFlight.has(id)) this.requests += 1;
    if (ACTIVE_TYPES.has(type)) this.isActive = true;
    if (!ENDLESS_TYPES.has(type)) this.#inFlight.set(id, { url, type });
    this.lastActivity = performance.now();
  }

  #answer(params: Params): void {
    const status = Number(record(params['response'])['status']);
    const request = this.#inFlight.get(text(params['requestId']));
    if (request === undefined || status < 400) return;
    this.failedRequests.add(() => ({ ...shortened(request), reason: `http_${status}` }));
  }

  #end(params: Params): void {
    if (!this.#inFlight.delete(text(params['requestId']))) return;
    this.resourceBytes += Math.max(0, Number(params['encodedDataLength'] ?? 0));
    this.lastActivity = performance.now();
  }

  #fail(params: Params): void {
    const id = text(params['requestId']);
    const request = this.#inFlight.get(id);
    if (request === undefined) return;
    this.#inFlight.delete(id);
    this.lastActivity = performance.now();
    if (params['blockedReason'] === 'inspector' || params['errorText'] === 'net::ERR_BLOCKED_BY_CLIENT') {
      this.blockedRequests += 1;
    } else if (params['canceled'] !== true) {
      const reason = text(params['blockedReason']) || text(params['errorText']);
      this.failedRequests.add(() => ({ ...shortened(request), reason }));
    }
  }
}

/** https://chromedevtools.github.io/devtools-protocol/tot/Page/#type-ClientNavigationReason */
const NAVIGATION_TYPES: ReadonlyMap<string, ClientNavigation['type']> = new Map([
  ['metaTagRefresh', 'meta_refresh'],
  ['httpHeaderRefresh', 'http_refresh'],
]);

function shortened<T extends { readonly url: string }>(request: T): T {
  return { ...request, url: truncate(request.url, MAX_URL) };
}

function consoleText(args: unknown): string {
  if (!Array.isArray(args)) return '';
  const words = args.map((arg) => {
    const { value, description } = record(arg);
    return value === undefined ? text(description) : String(value);
  });
  return cleanText(words.join(' ').slice(0, MAX_TEXT));
}

function exceptionText(details: unknown): string {
  const { text: what, exception } = record(details);
  return cleanText((text(record(exception)['description']) || text(what)).slice(0, MAX_TEXT));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
