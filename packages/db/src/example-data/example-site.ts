import type { DiscoveryMethod, SkipReason } from '@outrider/shared';

/** One URL of the example site and what became of it. */
export interface ExampleUrl {
  readonly url: string;
  readonly method: DiscoveryMethod;
  /** The page it was found on; null for the seed. */
  readonly source: string | null;
  readonly depth: number;
  readonly outcome:
    | {
        readonly kind: 'fetched';
        readonly status: number;
        readonly title: string | null;
        readonly redirect?: string;
      }
    | { readonly kind: 'failed'; readonly code: string }
    | { readonly kind: 'skipped'; readonly reason: SkipReason; readonly rule: string };
}

const HOME = 'https://example.org/';

/** A small site with something of everything: pages, a redirect, a broken link, a page that hangs, and what is not crawled. */
export const EXAMPLE_SITE: readonly ExampleUrl[] = [
  {
    url: HOME,
    method: 'seed',
    source: null,
    depth: 0,
    outcome: { kind: 'fetched', status: 200, title: 'Example' },
  },
  {
    url: 'https://example.org/products',
    ...{ method: 'link', source: HOME, depth: 1 },
    outcome: { kind: 'fetched', status: 200, title: 'Products' },
  },
  {
    url: 'https://example.org/about',
    ...{ method: 'link', source: HOME, depth: 1 },
    outcome: { kind: 'fetched', status: 200, title: 'About us' },
  },
  {
    url: 'https://example.org/old-products',
    ...{ method: 'link', source: 'https://example.org/about', depth: 2 },
    outcome: { kind: 'fetched', status: 301, title: null, redirect: 'https://example.org/products' },
  },
  {
    url: 'https://example.org/missing',
    ...{ method: 'link', source: 'https://example.org/products', depth: 2 },
    outcome: { kind: 'fetched', status: 404, title: 'Not found' },
  },
  {
    url: 'https://example.org/slow',
    ...{ method: 'link', source: 'https://example.org/products', depth: 2 },
    outcome: { kind: 'failed', code: 'headers_timeout' },
  },
  {
    url: 'https://example.org/admin',
    ...{ method: 'link', source: HOME, depth: 1 },
    outcome: { kind: 'skipped', reason: 'robots_txt', rule: 'Disallow: /admin' },
  },
  {
    url: 'https://www.example.com/',
    ...{ method: 'link', source: 'https://example.org/about', depth: 2 },
    outcome: { kind: 'skipped', reason: 'out_of_scope', rule: 'within host' },
  },
];
