import type { Logger } from '@outrider/telemetry';
import { type Chromium, launchChromium } from './chromium-process.js';
import type { DevtoolsEvent } from './devtools-pipe.js';

export interface BrowserHostOptions {
  /** The Chromium to run. */
  readonly path: string;
  /** `127.0.0.1:port` of the egress proxy. */
  readonly proxy: string;
  readonly sandbox: boolean;
  readonly logger: Logger;
  readonly onCrash: () => void;
}

/** The isolated state of one execution: cookies, storage and cache of its own. */
export interface BrowserContext {
  readonly chromium: Chromium;
  readonly id: string;
}

/** Crashes, or starts that failed, one after another with no page rendered between them. */
const MAX_FAILURES = 10;
const RESTART_MS = 200;
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
 * The one Chromium of a worker. It starts with the first page that needs it, and again after a crash; when it
 * crashes again and again it is given up, and the worker says that it is not healthy.
 */
export class BrowserHost {
  readonly #options: BrowserHostOptions;
  #running: Chromium | null = null;
  #starting: Promise<Chromium> | null = null;
  #failures = 0;
  #closed = false;
  #lastError = '';
  /** Kills what runs when this process ends in whatever way still runs code. */
  readonly #onExit = (): void => this.#running?.kill();

  constructor(options: BrowserHostOptions) {
    this.#options = options;
    process.on('exit', this.#onExit);
  }

  /** Why no page can be rendered any more; null while it can. */
  get trouble(): string | null {
    if (this.#failures < MAX_FAILURES) return null;
    return `the browser failed ${this.#failures} times in a row; the last time: ${this.#lastError}`;
  }

  /** The process id of the Chromium that runs; null when none does. */
  get pid(): number | null {
    return this.#running?.pid ?? null;
  }

  /** A page was rendered: earlier crashes say nothing about the next page. */
  worked(): void {
    this.#failures = 0;
  }

  /** Opens fresh state, in which nothing is stored. Throws when the browser cannot be started. */
  async openContext(): Promise<BrowserContext> {
    const chromium = await this.#chromium();
    const { devtools } = chromium;
    const { browserContextId } = await devtools.send('Target.createBrowserContext', {
      disposeOnDetach: true,
    });
    const id = String(browserContextId);
    await Promise.all([
      devtools.send('Browser.setDownloadBehavior', { behavior: 'deny', browserContextId: id }),
      ...DENIED_PERMISSIONS.map((name) =>
        // A name that this version does not know is one it does not grant.
        devtools
          .send('Browser.setPermission', { permission: { name }, setting: 'denied', browserContextId: id })
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
    process.off('exit', this.#onExit);
    await this.#starting?.catch(() => undefined);
    const running = this.#running;
    if (running === null) return;
    running.devtools.post('Browser.close');
    const killing = setTimeout(() => running.kill(), CLOSE_MS);
    await running.exited;
    clearTimeout(killing);
    running.kill();
  }

  #chromium(): Promise<Chromium> {
    if (this.#closed) return Promise.reject(new Error('the worker closes'));
    if (this.#running !== null) return Promise.resolve(this.#running);
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  async #start(): Promise<Chromium> {
    const { path, proxy, sandbox, logger } = this.#options;
    if (this.#failures > 0) await new Promise((resolve) => setTimeout(resolve, RESTART_MS * this.#failures));
    try {
      const chromium = await launchChromium({ path, proxy, sandbox });
      this.#running = chromium;
      chromium.devtools.listen('', (event) => closePopup(chromium, event));
      chromium.devtools.post('Target.setDiscoverTargets', { discover: true });
      void chromium.exited.then(() => this.#ended(chromium));
      logger.info({ path, pid: chromium.pid }, 'the browser runs');
      return chromium;
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
      logger.error({ err: error }, 'the browser did not start');
      throw error;
    }
  }

  #ended(chromium: Chromium): void {
    if (this.#running === chromium) this.#running = null;
    if (this.#closed) return;
    this.#fail('it ended by itself');
    this.#options.logger.warn({ pid: chromium.pid, failures: this.#failures }, 'the browser crashed');
  }

  #fail(why: string): void {
    this.#failures += 1;
    this.#lastError = why;
    this.#options.onCrash();
  }
}

/** Pages that pages open are closed: scripts may not, but a form or a link with a target can. */
function closePopup({ devtools }: Chromium, { method, params }: DevtoolsEvent): void {
  if (method !== 'Target.targetCreated') return;
  const { targetId, type, openerId } = params['targetInfo'] as Record<string, unknown>;
  if (type === 'page' && typeof openerId === 'string') devtools.post('Target.closeTarget', { targetId });
}
