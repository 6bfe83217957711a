import type { LinkOrigin, LinkPosition, LinkProblem, LinkType, PathType } from '@outrider/shared';

/**
 * The numbers that stand for the closed sets in stored links. They are in databases: one may be added, none
 * may change.
 */
export const TYPE_CODES: Readonly<Record<LinkType, number>> = {
  hyperlink: 0,
  image: 1,
  script: 2,
  style: 3,
  canonical: 4,
  hreflang: 5,
  next: 6,
  prev: 7,
  redirect: 8,
  iframe: 9,
  form: 10,
  amphtml: 11,
  sitemap: 12,
  og_image: 13,
  media: 14,
  object: 15,
  embed: 16,
  icon: 17,
  alternate: 18,
  preload: 19,
  other: 20,
};
export const POSITION_CODES: Readonly<Record<LinkPosition, number>> = {
  content: 0,
  nav: 1,
  header: 2,
  footer: 3,
  aside: 4,
};
export const PATH_CODES: Readonly<Record<PathType, number>> = {
  absolute: 0,
  protocol_relative: 1,
  root_relative: 2,
  relative: 3,
};
export const PROBLEM_CODES: Readonly<Record<LinkProblem, number>> = {
  unsupported_scheme: 1,
  invalid_url: 2,
  url_too_long: 3,
};

export const ORIGIN_CODES: Readonly<Record<LinkOrigin, number>> = { html: 0, rendered: 1, both: 2 };

/** Flags and places of the numbers in the code of a link. */
export const INTERNAL = 0x01;
export const FOLLOW = 0x02;
export const POSITION_SHIFT = 2;
export const POSITION_MASK = 0x07;
export const PATH_SHIFT = 5;
export const PATH_MASK = 0x03;
export const PROBLEM_SHIFT = 7;
export const PROBLEM_MASK = 0x07;
export const ORIGIN_SHIFT = 10;
export const ORIGIN_MASK = 0x03;

export const TYPE_SHIFT = 12;
