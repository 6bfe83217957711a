import type { Logger } from '@outrider/telemetry';
import { type Chromium, launchChromium } from './chromium-process.js';
import type { DevtoolsEvent } from './devtools-pipe.js';
import { proveBrowser } from './prove-browser.js';
import { RenderGate } from './render-gate.js';

export interface BrowserHostOptions {
  /** The Chromium to run. */
  readonly path: string;
  /** `127.0.0.1:port` of the egress proxy. */
  readonly proxy: string;
  readonly sandbox: boolean;
  readonly logger: Logger;
  readonly onCrash: () => void;
  /**
   * Milliseconds before another try of a browser that did not start MAX_FAILURES times: at first, and at most,
   * since each pause is twice the one before.
   */
  readonly pausesMs?: readonly [first: number, longest: number];
  /** Milliseconds the browser has to answer what needs no page; one that takes longer hangs, and is ended. */
  readonly answerMs?: number | undefined;
}

/** The isolated state of one execution: cookies, storage and cache of its own. */
export interface BrowserContext {
  readonly chromium: Chromium;
  readonly id: string;
}

/** Starts that failed, one after another. */
const MAX_FAILURES = 10;
const PAUSES_MS = [15_000, 300_000] as const;
const RESTART_MS = 100;
const CLOSE_MS = 3_000;
/** https://chromedevtools.github.io/devtools-protocol/tot/Browser/#type-PermissionDescriptor */
const DENIED_PERMISSIONS = [
  'geolocation',
  'notifications',
  'camera',
  'microphone',
  'clipboard-read',
  'clipboard-write',
  'midi',
  'idle-detection',
  'background-sync',
  'storage-access',
] as const;

/**
 * The one Chromium of a worker. It starts with the first page that needs it, and again after it ended. One that
 * does not start again and again is left alone for a while, and the worker says that it is not healthy. A
 * browser counts as started when it has rendered a page of ours: so its later end is laid to what was in it.
 */
export class BrowserHost {
  /** Pages are rendered behind it. */
  readonly gate = new RenderGate();
  readonly #options: BrowserHostOptions;
  #running: Chromium | null = null;
  /** Asked to end, since nobody needs it for now. */
  #resting: Chromium | null = null;
  /** Pages have been, or are to be, rendered. */
  #isUsed = false;
  #proof: Promise<void> | null = null;
  #starting: Promise<Chromium> | null = null;
  #failures = 0;
  #closed = false;
  #lastError = '';
  #pauseMs = 0;
  #reviving: NodeJS.Timeout | null = null;
  /** Kills what runs when this process ends in whatever way still runs code. */
  readonly #onExit = (): void => this.#running?.kill();

  constructor(options: BrowserHostOptions) {
    this.#options = options;
    process.on('exit', this.#onExit);
  }

  /** Why no page can be rendered for now; null while it can. */
  get trouble(): string | null {
    if (this.#failures < MAX_FAILURES) return null;
    return `the browser did not start ${this.#failures} times in a row; the last time: ${this.#lastError}`;
  }

  /** The process id of the Chromium that runs; null when none does. */
  get pid(): number | null {
    return this.#running?.pid ?? null;
  }

  /**
   * Finds out, once, whether the browser starts, before a page needs it: resolves when it has rendered a page of ours, or
   * is in trouble. It is ended again unless somebody has come to use it.
   */
  prove(): Promise<void> {
    this.#proof ??= this.#prove();
    return this.#proof;
  }

  async #prove(): Promise<void> {
    while (!this.#closed && this.trouble === null) {
      const chromium = await this.#chromium().catch(() => null);
      if (chromium === null) continue;
      if (!this.#isUsed) this.#rest(chromium);
      return;
    }
  }

  #rest(chromium: Chromium): void {
    this.#resting = chromium;
    void end(chromium);
  }

  /** Opens fresh state, in which nothing is stored. Throws when the browser cannot be started, or hangs. */
  async openContext(): Promise<BrowserContext> {
    this.#isUsed = true;
    const chromium = await this.#chromium();
    const { devtools } = chromium;
    const { browserContextId } = await devtools.demand('Target.createBrowserContext', {
      disposeOnDetach: true,
    });
    const id = String(browserContextId);
    await Promise.all([
      devtools.demand('Browser.setDownloadBehavior', { behavior: 'deny', browserContextId: id }),
      ...DENIED_PERMISSIONS.map((name) =>
        // A name that this version does not know is one it does not grant.
        devtools
          .demand('Browser.setPermission', { permission: { name }, setting: 'denied', browserContextId: id })
          .catch(() => undefined),
      ),
    ]);
    return { chromium, id };
  }

  closeContext({ chromium, id }: BrowserContext): void {
    chromium.devtools.post('Target.disposeBrowserContext', { browserContextId: id });
  }

  /** Ends the browser, and waits until nothing of it is left. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#reviving !== null) clearTimeout(this.#reviving);
    process.off('exit', this.#onExit);
    await this.#starting?.catch(() => undefined);
    const running = this.#running;
    if (running === null) return;
    await end(running);
    running.kill();
  }

  async #chromium(): Promise<Chromium> {
    if (this.#starting !== null) return this.#starting;
    const running = this.#running;
    if (running !== null && !running.devtools.isClosed && running !== this.#resting) return running;
    // It is ending, by itself or killed, and its folder with it.
    if (running !== null) await running.exited;
    if (this.#closed) throw new Error('the worker closes');
    if (this.trouble !== null) throw new Error(this.trouble);
    return this.#begin();
  }

  #begin(): Promise<Chromium> {
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  async #start(): Promise<Chromium> {
    const { path, logger } = this.#options;
    if (this.#failures > 0) await new Promise((resolve) => setTimeout(resolve, RESTART_MS * this.#failures));
    if (this.#closed) throw new Error('the worker closes');
    try {
      const chromium = await this.#launch();
      this.#failures = 0;
      this.#pauseMs = 0;
      logger.info({ path, pid: chromium.pid }, 'the browser runs');
      return chromium;
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
      logger.error({ err: error, failures: this.#failures }, 'the browser did not start');
      throw error;
    }
  }

  async #launch(): Promise<Chromium> {
    const { path, proxy, sandbox, answerMs } = this.#options;
    const chromium = await launchChromium({ path, proxy, sandbox, answerMs });
    // From here on this process kills it when it exits.
    this.#running = chromium;
    const crashed = new Promise<never>((_, reject) => {
      chromium.devtools.listen('', (event) => {
        closePopup(chromium, event);
        if (event.method === 'Target.targetCrashed') reject(new Error('its renderers end at once'));
      });
    });
    crashed.catch(() => undefined);
    chromium.devtools.post('Target.setDiscoverTargets', { discover: true });
    try {
      await proveBrowser(chromium.devtools, crashed);
    } catch (error) {
      this.#running = null;
      chromium.kill();
      await chromium.exited;
      throw new Error(
        `Chromium (${path}) started and rendered nothing: ${chromium.complaint() || String(error)}`,
        {
          cause: error,
        },
      );
    }
    void chromium.exited.then(() => this.#ended(chromium));
    return chromium;
  }

  #ended(chromium: Chromium): void {
    if (this.#running === chromium) this.#running = null;
    if (this.#closed || this.#resting === chromium) return;
    this.#options.onCrash();
    this.#options.logger.warn({ pid: chromium.pid, why: chromium.devtools.closedBy }, 'the browser ended');
  }

  #fail(why: string): void {
    this.#failures += 1;
    this.#lastError = why;
    this.#options.onCrash();
    if (this.#failures >= MAX_FAILURES) this.#reviveLater();
  }

  /** Nobody asks for pages of a browser that is in trouble, so it is tried again unasked. */
  #reviveLater(): void {
    const [first, longest] = this.#options.pausesMs ?? PAUSES_MS;
    this.#pauseMs = this.#pauseMs === 0 ? first : Math.min(longest, this.#pauseMs * 2);
    if (this.#reviving !== null) clearTimeout(this.#reviving);
    this.#reviving = setTimeout(() => {
      if (!this.#closed) this.#begin().catch(() => undefined);
    }, this.#pauseMs);
    this.#reviving.unref();
  }
}

/** Asks a browser to end, and kills one that does not. Resolves when it has ended. */
async function end(chromium: Chromium): Promise<void> {
  chromium.devtools.post('Browser.close');
  const killing = setTimeout(() => chromium.kill(), CLOSE_MS);
  await chromium.exited;
  clearTimeout(killing);
}

/** Pages that pages open are closed: scripts may not, but a form or a link with a target can. */
function closePopup({ devtools }: Chromium, { method, params }: DevtoolsEvent): void {
  if (method !== 'Target.targetCreated') return;
  const { targetId, type, openerId } = params['targetInfo'] as Record<string, unknown>;
  if (type === 'page' && typeof openerId === 'string') devtools.post('Target.closeTarget', { targetId });
}
