import type { HealthCheck } from '@outrider/shared';
import { launchChromium } from '../browser/chromium-process.js';
import { type ChromiumPlaces, findChromium } from '../browser/find-chromium.js';

/** Finds the Chromium that a worker here would use, starts it and ends it again. Never throws. */
export async function examineBrowser(places: ChromiumPlaces, sandbox: boolean): Promise<HealthCheck> {
  const name = 'browser';
  const path = findChromium(places);
  if (path === null) {
    const finding =
      places.configured === undefined
        ? 'There is no Chromium here.'
        : `CHROMIUM_PATH (${places.configured}) is no program.`;
    const advice = 'Only campaigns with renderer browser need one: install chromium, or set CHROMIUM_PATH.';
    return { name, status: places.configured === undefined ? 'warn' : 'fail', finding, advice };
  }
  const startedAt = performance.now();
  try {
    // It loads nothing, so nothing answers at its proxy.
    const chromium = await launchChromium({ path, sandbox, proxy: '127.0.0.1:9' });
    chromium.kill();
    await chromium.exited;
    const ms = Math.round(performance.now() - startedAt);
    return { name, status: 'ok', finding: `${path} starts in ${ms} ms.`, advice: null };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const advice =
      'Start it by hand to see what it lacks; where the system forbids its sandbox, OUTRIDER_CHROMIUM_SANDBOX=0.';
    return { name, status: 'fail', finding: `${path} does not start: ${reason}`, advice };
  }
}
