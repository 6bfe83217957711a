import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';

const PROGRAMS = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome-stable'];
/** Chromium's own services would call out. */
const QUIET = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function chromiumPath(): string {
  const configured = process.env['CHROMIUM_PATH'];
  if (configured !== undefined && configured !== '') return configured;
  const folders = ['/usr/lib/chromium', ...(process.env['PATH'] ?? '').split(delimiter)];
  for (const path of PROGRAMS.flatMap((program) => folders.map((folder) => join(folder, program)))) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  throw new Error('there is no Chromium: apt-get install chromium, or set CHROMIUM_PATH');
}

/** A browser on the dashboard, and what it complained about. */
export interface DashboardBrowser {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the console, of scripts and of the page's policy, since the start. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** Opens Chromium with a page whose relative addresses are the dashboard's. */
export async function openBrowser(
  baseURL: string,
  options: Pick<BrowserContextOptions, 'colorScheme' | 'viewport' | 'hasTouch' | 'isMobile'> = {},
): Promise<DashboardBrowser> {
  const browser: Browser = await chromium.launch({ executablePath: chromiumPath(), args: QUIET });
  const context = await browser.newContext({
    baseURL,
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog opened: ${dialog.message()}`);
    dialog.dismiss().catch(() => undefined);
  });
  return { page, context, complaints, close: () => browser.close() };
}

/** Signs a context in with a key, as its sign-in page does. */
export async function signIn(context: BrowserContext, baseURL: string, key: string): Promise<void> {
  const answer = await context.request.post(`${baseURL}/api/crawler/session`, {
    headers: { authorization: `Bearer ${key}` },
  });
  if (answer.status() !== 201) throw new Error(`not signed in: ${await answer.text()}`);
}
