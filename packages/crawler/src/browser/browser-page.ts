import type { BlockableResource } from '@outrider/shared';
import { Bell } from '../lane/bell.js';
import { DevtoolsError, type DevtoolsEvent, type DevtoolsPipe } from './devtools-pipe.js';
import type { PageFacts, RenderFault, SettledBy } from './page-facts.js';
import { pageScript } from './page-script.js';
import { PageWatch } from './page-watch.js';

/** A document that was fetched, as the browser is to see it. */
export interface FetchedDocument {
  readonly url: string;
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Decoded bytes. */
  readonly body: Buffer;
}

export interface RenderLimits {
  /** From the document being handed over to its snapshot, in milliseconds. */
  readonly timeoutMs: number;
  /** How long a page that has loaded may go on working, in milliseconds. */
  readonly waitMs: number;
  /** UTF-16 units of the rendered document, at most MAX_DOCUMENT_LENGTH. */
  readonly maxLength: number;
}

export interface RenderedDocument extends PageFacts {
  readonly html: string;
  /** The document was longer than the limit. */
  readonly cut: boolean;
}

export interface PageSettings {
  readonly userAgent: string;
  readonly blockResources: readonly BlockableResource[];
}

export class RenderError extends Error {
  override readonly name = 'RenderError';
  constructor(
    readonly code: RenderFault,
    message: string,
  ) {
    super(message);
  }
}

/** What a page sees of itself, and what a picture shows; in CSS pixels, one to a pixel. */
export const VIEWPORT = { width: 1_280, height: 1_024, deviceScaleFactor: 1, mobile: false } as const;
/** A window is no larger than the screen that it is on. */
const SCREEN = { screenWidth: VIEWPORT.width, screenHeight: VIEWPORT.height } as const;
/**
 * What nobody looks at is drawn a tenth as wide and as high: painting was a third of a page's processor time. The page does not
 * see it, and a picture is taken in full size (https://chromedevtools.github.io/devtools-protocol/tot/Emulation/#method-setDeviceMetricsOverride).
 */
const DRAWN_SCALE = 0.1;
/** Time for a new page to be ready. */
const OPEN_MS = 15_000;
/** Between two looks at a page, where no event says that one is worth while. */
const LOAD_LOOK_MS = 250;
const LOOK_MS = 15;
/** How long the page itself waits for its timers before what it did meanwhile is looked at. */
const REST_LOOK_MS = 100;
/** After a request of a page ended, its scripts get this long to make something of it. */
const QUIET_MS = 60;
/** Time for a snapshot when the wait is over: a page that is busy for longer is stuck. */
const SNAPSHOT_GRACE_MS = 2_000;
const RESOURCE_TYPES: Readonly<Record<BlockableResource, string>> = {
  image: 'Image',
  font: 'Font',
  media: 'Media',
  stylesheet: 'Stylesheet',
};
/** Headers that describe the bytes on the wire, or that would turn the document into a download. */
const DROPPED_HEADERS: ReadonlySet<string> = new Set([
  'alt-svc',
  'connection',
  'content-disposition',
  'content-encoding',
  'content-length',
  'keep-alive',
  'strict-transport-security',
  'transfer-encoding',
]);

/** One tab, used for one document after another. A tab that failed in any way is not used again. */
export class BrowserPage {
  readonly #devtools: DevtoolsPipe;
  readonly #targetId: string;
  readonly #sessionId: string;
  readonly #hook: string;
  #frameId = '';
  #document: FetchedDocument | null = null;
  #handedOver = false;
  #watch: PageWatch | null = null;
  #fault: ((error: RenderError) => void) | null = null;
  #blank: NodeJS.Timeout | null = null;
  /** Rings when anything happened on the page. */
  readonly #bell = new Bell();
  renders = 0;

  private constructor(devtools: DevtoolsPipe, targetId: string, sessionId: string, hook: string) {
    this.#devtools = devtools;
    this.#targetId = targetId;
    this.#sessionId = sessionId;
    this.#hook = hook;
  }

  static async open(
    devtools: DevtoolsPipe,
    browserContextId: string,
    settings: PageSettings,
  ): Promise<BrowserPage> {
    const { targetId } = await devtools.demand('Target.createTarget', {
      url: 'about:blank',
      browserContextId,
    });
    try {
      return await within(BrowserPage.#attach(devtools, String(targetId), settings), OPEN_MS);
    } catch (error) {
      devtools.post('Target.closeTarget', { targetId });
      throw error;
    }
  }

  static async #attach(
    devtools: DevtoolsPipe,
    targetId: string,
    settings: PageSettings,
  ): Promise<BrowserPage> {
    const { sessionId } = await devtools.send('Target.attachToTarget', { targetId, flatten: true });
    const hook = `__${crypto.randomUUID().replaceAll('-', '')}`;
    const page = new BrowserPage(devtools, targetId, String(sessionId), hook);
    await page.#prepare(settings);
    return page;
  }

  get targetId(): string {
    return this.#targetId;
  }

  async #prepare({ userAgent, blockResources }: PageSettings): Promise<void> {
    this.#devtools.listen(this.#sessionId, (event) => this.#observe(event));
    const patterns = ['Document', ...blockResources.map((name) => RESOURCE_TYPES[name])];
    const [tree] = await Promise.all([
      this.#send('Page.getFrameTree'),
      this.#send('Page.enable'),
      this.#send('Page.setPrerenderingAllowed', { isAllowed: false }),
      this.#send('Page.addScriptToEvaluateOnNewDocument', { source: pageScript(this.#hook) }),
      // Bodies are taken from the page, never from the protocol's buffers.
      this.#send('Network.enable', { maxTotalBufferSize: 1, maxResourceBufferSize: 1 }),
      this.#send('Network.setBypassServiceWorker', { bypass: true }),
      this.#send('Runtime.enable'),
      this.#send('Inspector.enable'),
      this.#send('Emulation.setUserAgentOverride', { userAgent }),
      this.#send('Emulation.setDeviceMetricsOverride', { ...VIEWPORT, ...SCREEN, scale: DRAWN_SCALE }),
      // Every tab counts as the one in front: else its frames and observers stand still.
      this.#send('Emulation.setFocusEmulationEnabled', { enabled: true }),
      this.#send('Fetch.enable', { patterns: patterns.map((resourceType) => ({ resourceType })) }),
    ]);
    const { frame } = tree['frameTree'] as { frame: { id: string } };
    this.#frameId = frame.id;
  }

  /** Renders one document. Rejects with RenderError; the page must then be thrown away. */
  async render(document: FetchedDocument, limits: RenderLimits): Promise<RenderedDocument> {
    if (this.#blank !== null) clearTimeout(this.#blank);
    this.renders += 1;
    this.#devtools.admit(limits.maxLength);
    const watch = new PageWatch(document.url, this.#frameId);
    this.#document = document;
    this.#handedOver = false;
    this.#watch = watch;
    const broken = new Promise<never>((_, reject) => {
      this.#fault = reject;
    });
    broken.catch(() => undefined);
    try {
      return await Promise.race([this.#run(watch, document.url, limits), broken]);
    } finally {
      this.#fault = null;
      this.#watch = null;
      this.#document = null;
      this.#blankLater();
    }
  }

  /** What comes next replaces the document at once; if nothing does, its scripts must not go on. */
  #blankLater(): void {
    this.#blank = setTimeout(
      () => this.#devtools.post('Page.navigate', { url: 'about:blank' }, this.#sessionId),
      250,
    );
    this.#blank.unref();
  }

  /** A picture of what is in view, as WebP of this quality, from 0 to 100. */
  async screenshot(quality: number, timeoutMs: number): Promise<Buffer> {
    // The document must stay as long as its picture takes.
    if (this.#blank !== null) clearTimeout(this.#blank);
    try {
      const { data } = await within(
        this.#send('Page.captureScreenshot', { format: 'webp', quality, optimizeForSpeed: true }),
        timeoutMs,
      );
      return Buffer.from(String(data), 'base64');
    } finally {
      this.#blankLater();
    }
  }

  /** Ends the page, also one whose scripts never return: its renderer is crashed. */
  destroy(stuck: boolean): void {
    if (this.#blank !== null) clearTimeout(this.#blank);
    this.#fault?.(new RenderError('browser_gone', 'the page was closed'));
    this.#devtools.forget(this.#sessionId);
    if (stuck) this.#devtools.post('Page.crash', {}, this.#sessionId);
    this.#devtools.post('Target.closeTarget', { targetId: this.#targetId });
  }

  /** Its browser has ended. */
  lost(): void {
    this.#fault?.(new RenderError('browser_gone', 'the browser ended'));
  }

  /** Whether its browser has ended, or is just ending. */
  get isLost(): boolean {
    return this.#devtools.isClosed;
  }

  async #run(watch: PageWatch, url: string, limits: RenderLimits): Promise<RenderedDocument> {
    const begun = performance.now();
    const deadline = begun + limits.timeoutMs;
    const navigated = this.#send('Page.navigate', { url });
    const { errorText } = await within(navigated, limits.timeoutMs + SNAPSHOT_GRACE_MS);
    if (typeof errorText === 'string')
      throw new RenderError('page_left', `it could not be shown: ${errorText}`);
    while (!watch.loaded && watch.navigation === null && performance.now() < deadline) {
      await this.#bell.wait(Math.min(LOAD_LOOK_MS, deadline - performance.now()));
    }
    const isLoaded = watch.loaded || watch.navigation !== null;
    const waitUntil = Math.min(deadline, performance.now() + limits.waitMs);
    const { look, settledBy } = isLoaded
      ? await this.#settle(watch, waitUntil, limits.maxLength)
      : { look: await this.#look(null, limits.maxLength), settledBy: 'deadline' as const };
    return {
      ...look,
      settledBy,
      renderMs: performance.now() - begun,
      navigation: watch.navigation,
      consoleErrors: watch.consoleErrors.counted,
      failedRequests: watch.failedRequests.counted,
      requests: watch.requests,
      blockedRequests: watch.blockedRequests,
      resourceBytes: watch.resourceBytes,
    };
  }

  /** Waits until nothing is in flight and no timer is about to fire, or until the wait is over. */
  async #settle(
    watch: PageWatch,
    until: number,
    maxLength: number,
  ): Promise<{ look: { html: string; cut: boolean }; settledBy: SettledBy }> {
    for (;;) {
      const left = until - performance.now();
      if (left <= 0) return { look: await this.#look(null, maxLength), settledBy: 'wait_limit' };
      // What goes on inside the browser is not seen: a look into storage, say, before a request is made.
      const isQuiet = !watch.isActive || performance.now() - watch.lastActivity >= QUIET_MS;
      if (watch.navigation !== null) {
        return { look: await this.#look(null, maxLength), settledBy: 'idle' };
      }
      if (watch.inFlight === 0 && isQuiet && !watch.isLeaving) {
        const before = watch.requests;
        const rest = { horizonMs: left, patienceMs: Math.min(left, REST_LOOK_MS) };
        const look = await this.#look(rest, maxLength);
        if (look.html !== null && watch.requests === before && watch.inFlight === 0 && !watch.isLeaving) {
          return { look: { html: look.html, cut: look.cut }, settledBy: 'idle' };
        }
      }
      await this.#bell.wait(LOOK_MS);
    }
  }

  /** Reads the document: at once, or when it is at rest, and then null when that took too long. Durations in milliseconds. */
  async #look(rest: null, maxLength: number): Promise<{ html: string; cut: boolean }>;
  async #look(
    rest: { readonly horizonMs: number; readonly patienceMs: number },
    maxLength: number,
  ): Promise<{ html: string | null; cut: boolean }>;
  async #look(
    rest: { readonly horizonMs: number; readonly patienceMs: number } | null,
    maxLength: number,
  ): Promise<{ html: string | null; cut: boolean }> {
    const { horizonMs, patienceMs } = rest ?? { horizonMs: 0, patienceMs: 0 };
    const expression = `window[${JSON.stringify(this.#hook)}](${Math.ceil(horizonMs)}, ${Math.ceil(patienceMs)}, ${maxLength})`;
    const answer = await within(
      this.#send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true }),
      horizonMs + SNAPSHOT_GRACE_MS,
    ).catch((error: unknown) => {
      // The page put another document in its place (`about:blank`, say), with which the wait goes on.
      if (rest !== null && error instanceof DevtoolsError && !error.connectionLost) return null;
      throw error;
    });
    if (answer === null) return { html: null, cut: false };
    const { result } = answer as { result?: { value?: unknown } };
    const value = result?.value;
    if (typeof value !== 'object' || value === null) {
      throw new RenderError('page_left', 'the page went elsewhere before it could be read');
    }
    // Scripts of the page can come between the hook and its answer, so that it may be anything.
    const { html, cut } = value as { html?: unknown; cut?: unknown };
    if (html === null && rest !== null) return { html, cut: false };
    if (typeof html !== 'string') throw new RenderError('page_left', 'the page kept itself from being read');
    if (html.length > maxLength) return { html: html.slice(0, maxLength), cut: true };
    return { html, cut: cut === true };
  }

  #send(method: string, params: Readonly<Record<string, unknown>> = {}) {
    return this.#devtools.send(method, params, this.#sessionId);
  }

  #observe(event: DevtoolsEvent): void {
    switch (event.method) {
      case 'Fetch.requestPaused':
        this.#decide(event.params);
        return;
      case 'Inspector.targetCrashed':
        this.#fault?.(new RenderError('page_crashed', 'the renderer of the page crashed'));
        return;
      case 'Page.javascriptDialogOpening':
        // Accepted: only so does a `beforeunload` let go of the page.
        this.#devtools.post('Page.handleJavaScriptDialog', { accept: true }, this.#sessionId);
        return;
      default:
        // Before the document is handed over, events are those of the one before.
        if (!this.#handedOver) return;
        this.#watch?.observe(event);
        this.#bell.ring();
    }
  }

  /** Hands over the document; refuses other documents of the main frame, and what the campaign blocks. */
  #decide(params: DevtoolsEvent['params']): void {
    const requestId = String(params['requestId']);
    const { url } = params['request'] as { url: string };
    if (params['resourceType'] !== 'Document') {
      this.#devtools.post(
        'Fetch.failRequest',
        { requestId, errorReason: 'BlockedByClient' },
        this.#sessionId,
      );
    } else if (params['frameId'] !== this.#frameId) {
      this.#devtools.post('Fetch.continueRequest', { requestId }, this.#sessionId);
    } else if (this.#document !== null && !this.#handedOver && isSameUrl(url, this.#document.url)) {
      this.#handedOver = true;
      this.#devtools.post('Fetch.fulfillRequest', fulfilment(requestId, this.#document), this.#sessionId);
    } else {
      if (this.#handedOver) this.#watch?.leave(url);
      this.#bell.ring();
      this.#devtools.post('Fetch.failRequest', { requestId, errorReason: 'Aborted' }, this.#sessionId);
    }
  }
}

function fulfilment(requestId: string, { status, headers, body }: FetchedDocument) {
  return {
    requestId,
    responseCode: status,
    responseHeaders: headers
      .filter(([name]) => !DROPPED_HEADERS.has(name))
      .map(([name, value]) => ({ name, value })),
    body: body.toString('base64'),
  };
}

async function within<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new RenderError('render_timeout', 'the page did not answer in time');
    timer = setTimeout(() => reject(error), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function isSameUrl(a: string, b: string): boolean {
  return withoutFragment(a) === withoutFragment(b);
}

function withoutFragment(url: string): string {
  // The browser may take for a URL what this process does not.
  const href = URL.canParse(url) ? new URL(url).href : url;
  const hash = href.indexOf('#');
  return hash < 0 ? href : href.slice(0, hash);
}
