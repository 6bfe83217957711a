import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { setUp } from '../../scripts/setup.mjs';
import { type RunningProgram, until } from '../end-to-end/outrider-program.js';
import { openSession, type Session } from '../end-to-end/outrider-session.js';
import { type ApiClient, createApiClient } from '../platform/api-client.js';
import { type DashboardBrowser, openBrowser, signIn } from './dashboard-browser.js';

export type BrowserOptions = Parameters<typeof openBrowser>[1];

/** A running platform whose dashboard is looked at. One for a whole file: a start takes seconds. */
export interface TestDashboard {
  readonly session: Session;
  readonly program: RunningProgram;
  readonly origin: string;
  /** The administrator's. */
  readonly key: string;
  readonly api: ApiClient;
  /** Opens a browser that is not signed in; it is closed with the dashboard. */
  browse(options?: BrowserOptions): Promise<DashboardBrowser>;
  /** Opens a browser that is signed in, with the administrator's key or another one. */
  signedIn(options?: BrowserOptions, key?: string): Promise<DashboardBrowser>;
  close(): Promise<void>;
}

/** Starts `outrider up` on a data directory of its own. */
export async function startDashboard(
  settings: Readonly<Record<string, string>> = {},
): Promise<TestDashboard> {
  await setUp();
  const session = await openSession(settings);
  const program = session.start(['up', '--port', '0']);
  await until('the platform is up', () => /Outrider is up/.test(program.stdout()), 90_000);
  const origin = /^ {2}API\s+(http:\S+)/m.exec(program.stdout())?.[1] ?? '';
  const key = (await readFile(join(session.dataDir, 'api-key'), 'utf8')).trim();
  const browsers: DashboardBrowser[] = [];
  const browse: TestDashboard['browse'] = async (options = {}) => {
    const opened = await openBrowser(origin, options);
    browsers.push(opened);
    return opened;
  };
  return {
    ...{ session, program, origin, key, browse },
    api: createApiClient({ port: Number(new URL(origin).port) }, key),
    signedIn: async (options = {}, as = key) => {
      const opened = await browse(options);
      await signIn(opened.context, origin, as);
      return opened;
    },
    close: async () => {
      await Promise.all(browsers.map((one) => one.close()));
      await session.close();
    },
  };
}

/** What axe finds wrong with a page as it is now. Its script comes through the debugger: the page's policy would refuse it. */
export async function violationsOn(page: Page): Promise<AxeResults['violations']> {
  await page.evaluate(axe.source);
  const results: AxeResults = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
  return results.violations;
}
