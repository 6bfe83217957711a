import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '@outrider/shared';
import type { ChromiumPlaces } from './browser/find-chromium.js';

/** The environment of the worker process: the only place that touches it. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** Where a Chromium may be. */
export function readBrowserPlaces({ CHROMIUM_PATH }: Settings): ChromiumPlaces {
  return {
    configured: CHROMIUM_PATH,
    searchPath: process.env['PATH'] ?? '',
    playwrightDir: process.env['PLAYWRIGHT_BROWSERS_PATH'] ?? join(homedir(), '.cache', 'ms-playwright'),
  };
}
