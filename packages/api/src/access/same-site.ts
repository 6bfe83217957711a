import type { IncomingHttpHeaders } from 'node:http';
import { OutriderError } from '@outrider/shared';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * Throws `cross_site_request` unless a request that carries a cookie was made by a page of ours. Browsers name the page in
 * headers that scripts cannot set: `Sec-Fetch-Site` (W3C Fetch Metadata), and `Origin` for whatever is no plain GET. A
 * request that could change something and has neither comes from no browser that we know of, and has a key to send instead.
 */
export function requireSameSite(method: string, headers: IncomingHttpHeaders): void {
  const site = headers['sec-fetch-site'];
  const { origin, host } = headers;
  if (origin !== undefined && !isOwn(origin, host)) throw crossSite();
  if (SAFE_METHODS.has(method)) {
    if (site === 'cross-site') throw crossSite();
    return;
  }
  if (site !== undefined && site !== 'same-origin') throw crossSite();
  if (site === undefined && origin === undefined) throw crossSite();
}

/** Whether a page of that origin was served from the host that it now asks. */
function isOwn(origin: string, host: string | undefined): boolean {
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}

/** Whether the browser speaks https, to us or to what stands before us. What it is asked for is only the cookie's `Secure`. */
export function isHttps(header: (name: string) => string | undefined): boolean {
  if (header('x-forwarded-proto')?.split(',')[0]?.trim() === 'https') return true;
  return header('origin')?.startsWith('https://') ?? false;
}

function crossSite(): OutriderError {
  return new OutriderError(
    'cross_site_request',
    'A session only counts for pages of this very address. Programs send `Authorization: Bearer <API key>`.',
  );
}
