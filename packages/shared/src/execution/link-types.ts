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

/** The landmark a link stands in; `content` is everything outside the other four, and the document head. */
export const LINK_POSITIONS = ['content', 'nav', 'header', 'footer', 'aside'] as const;
export type LinkPosition = (typeof LINK_POSITIONS)[number];

/** The form of a reference as written. */
export const PATH_TYPES = ['absolute', 'protocol_relative', 'root_relative', 'relative'] as const;
export type PathType = (typeof PATH_TYPES)[number];

/** Why a reference leads to no http(s) URL. */
export const LINK_PROBLEMS = ['unsupported_scheme', 'invalid_url', 'url_too_long'] as const;
export type LinkProblem = (typeof LINK_PROBLEMS)[number];

/**
 * Where a link leads: within the campaign's sites; outside them, on the same registrable domain as its page; elsewhere.
 */
export const LINK_SCOPES = ['internal', 'subdomain', 'external'] as const;
export type LinkScope = (typeof LINK_SCOPES)[number];

/** Where a link of a rendered page was seen: in the HTML as it was sent, in the rendered page, or in both. */
export const LINK_ORIGINS = ['html', 'rendered', 'both'] as const;
export type LinkOrigin = (typeof LINK_ORIGINS)[number];
