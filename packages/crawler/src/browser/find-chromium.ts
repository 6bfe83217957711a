import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where to look for a Chromium. */
export interface ChromiumPlaces {
  /** CHROMIUM_PATH; it decides alone when it is set. */
  readonly configured: string | undefined;
  /** The search path of programs. */
  readonly searchPath: string;
  /** Playwright's folder of browsers. */
  readonly playwrightDir: string;
}

/** The shell is Chromium without its windows: the same engine, and half the cost of a visible page. */
const PROGRAMS = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome-stable'] as const;
const PLAYWRIGHT_PROGRAMS = [
  'chrome-linux/headless_shell',
  'chrome-headless-shell-linux64/chrome-headless-shell',
  'chrome-linux/chrome',
  'chrome-linux64/chrome',
  'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
] as const;
/** What Debian's launcher scripts start. Without them no flag comes in that is not ours. */
const DEBIAN_FOLDER = '/usr/lib/chromium';

/** The Chromium to run: the configured one, else Playwright's own, else the system's. Null when there is none. */
export function findChromium(places: ChromiumPlaces): string | null {
  const { configured } = places;
  if (configured !== undefined) return isProgram(configured) ? configured : null;
  return findPlaywrights(places.playwrightDir) ?? findOnPath(places.searchPath);
}

function findPlaywrights(folder: string): string | null {
  const versions = listFolder(folder)
    .filter((name) => /^chromium(_headless_shell)?-\d+$/.test(name))
    .sort((a, b) => Number(b.split('-').at(-1)) - Number(a.split('-').at(-1)));
  const candidates = versions.flatMap((version) =>
    PLAYWRIGHT_PROGRAMS.map((program) => join(folder, version, program)),
  );
  return candidates.find(isProgram) ?? null;
}

function findOnPath(searchPath: string): string | null {
  const folders = searchPath.split(delimiter).filter((folder) => folder !== '');
  for (const program of PROGRAMS) {
    const found = [DEBIAN_FOLDER, ...folders].map((folder) => join(folder, program)).find(isProgram);
    if (found !== undefined) return found;
  }
  return null;
}

function listFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
