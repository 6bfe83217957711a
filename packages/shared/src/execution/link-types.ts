/**
 * What a link is, by the element and relation it came from. `hyperlink` is `a` and `area`; `iframe` is
 * `iframe` and `frame`; `media` is `audio`, `video`, `track` and their sources; `alternate` is a feed or
 * another format of the page; `preload` is any resource hint; `other` is any other `link` element.
 */
export const LINK_TYPES = [
  'hyperlink',
  'image',
  'script',
  'style',
  'canonical',
  'hreflang',
  'next',
  'prev',
  'redirect',
  'iframe',
  'form',
  'amphtml',
  'sitemap',
  'og_image',
  'media',
  'object',
  'embed',
  'icon',
  'alternate',
  'preload',
  'other',
] as const;
export type LinkType = (typeof LINK_TYPES)[number];
