import type { LinkType } from '@outrider/shared';

/** Relations in the order in which they decide the type of a link that has several. */
const TYPE_BY_REL: readonly (readonly [string, LinkType])[] = [
  ['canonical', 'canonical'],
  ['stylesheet', 'style'],
  ['amphtml', 'amphtml'],
  ['next', 'next'],
  ['prev', 'prev'],
  ['previous', 'prev'],
  ['sitemap', 'sitemap'],
  ['icon', 'icon'],
  ['apple-touch-icon', 'icon'],
  ['apple-touch-icon-precomposed', 'icon'],
  ['mask-icon', 'icon'],
  ['alternate', 'alternate'],
  ['preload', 'preload'],
  ['modulepreload', 'preload'],
  ['prefetch', 'preload'],
  ['prerender', 'preload'],
  ['preconnect', 'preload'],
  ['dns-prefetch', 'preload'],
];

/** The type of a `link` element or Link header by its relations; an alternate with a language is a hreflang. */
export function linkTypeOf(rel: readonly string[], hreflang: string | null): LinkType {
  if (hreflang !== null && rel.includes('alternate') && !rel.includes('stylesheet')) return 'hreflang';
  for (const [token, type] of TYPE_BY_REL) if (rel.includes(token)) return type;
  return 'other';
}
