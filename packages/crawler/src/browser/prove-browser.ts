import { BrowserPage } from './browser-page.js';
import type { DevtoolsPipe } from './devtools-pipe.js';

const READY = 'outrider-ready';
const DOCUMENT = `<!doctype html><title>x</title><script>document.title = '${READY}'</script>`;
const TIMEOUT_MS = 15_000;

/**
 * Renders a document of our own in a browser that has just started. One that answers over its pipe may still be
 * unable to start a renderer, when its sandbox is forbidden for one; and a browser that is known to work
 * lets a page be blamed for its end. Throws when nothing comes of it. `crashed` rejects when a page crashes.
 */
export async function proveBrowser(devtools: DevtoolsPipe, crashed: Promise<never>): Promise<void> {
  const { browserContextId } = await devtools.demand('Target.createBrowserContext', {
    disposeOnDetach: true,
  });
  try {
    await Promise.race([renderOwn(devtools, String(browserContextId)), crashed]);
  } finally {
    devtools.post('Target.disposeBrowserContext', { browserContextId });
  }
}

async function renderOwn(devtools: DevtoolsPipe, browserContextId: string): Promise<void> {
  const page = await BrowserPage.open(devtools, browserContextId, {
    userAgent: 'Outrider',
    blockResources: [],
  });
  const document = {
    url: 'http://ready.invalid/',
    status: 200,
    headers: [['content-type', 'text/html']] as const,
    body: Buffer.from(DOCUMENT),
  };
  const limits = { timeoutMs: TIMEOUT_MS, waitMs: 0, maxLength: 10_000 };
  const { html } = await page.render(document, limits);
  if (!html.includes(`<title>${READY}</title>`)) throw new Error('it rendered a page wrong');
  page.destroy(false);
}
