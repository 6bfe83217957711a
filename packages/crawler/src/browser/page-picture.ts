import { MAX_SCREENSHOT_BYTES, type Screenshot } from '@outrider/db';
import { type BrowserPage, RenderError, VIEWPORT } from './browser-page.js';
import type { ScreenshotFailure } from './page-renderer.js';

/** A picture, or why there is none. A page that could not be pictured is not to be used again. */
export type Picture =
  | { readonly screenshot: Screenshot; readonly failure: null }
  | { readonly screenshot: null; readonly failure: ScreenshotFailure };

/** WebP qualities: the second one for a picture too large in the first. */
const QUALITIES = [70, 30] as const;
const TIMEOUT_MS = 5_000;

/** Takes a picture of what is in view. Never rejects: a page without its picture is a page all the same. */
export async function takePicture(
  page: BrowserPage,
  maxBytes: number = MAX_SCREENSHOT_BYTES,
): Promise<Picture> {
  let size = 0;
  try {
    for (const quality of QUALITIES) {
      const bytes = await page.screenshot(quality, TIMEOUT_MS);
      size = bytes.length;
      if (size > maxBytes || size === 0) continue;
      const { width, height } = VIEWPORT;
      return {
        screenshot: { format: 'webp', width, height, bytes, takenAt: new Date() },
        failure: null,
      };
    }
  } catch (error) {
    return { screenshot: null, failure: failureOf(error) };
  }
  const message =
    size === 0 ? 'the picture is empty' : `the picture takes ${size} bytes, more than ${maxBytes}`;
  return {
    screenshot: null,
    failure: { code: size === 0 ? 'screenshot_failed' : 'screenshot_too_large', message },
  };
}

function failureOf(error: unknown): ScreenshotFailure {
  if (error instanceof RenderError && error.code === 'render_timeout') {
    return { code: 'screenshot_timeout', message: `no picture came within ${TIMEOUT_MS} ms` };
  }
  return { code: 'screenshot_failed', message: error instanceof Error ? error.message : String(error) };
}
