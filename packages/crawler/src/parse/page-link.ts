import type { LinkOrigin, LinkPosition, LinkProblem, LinkType, PathType } from '@outrider/shared';

export { LINK_POSITIONS, type LinkPosition, type LinkProblem, type PathType } from '@outrider/shared';

/** A reference as written and what it resolves to. Exactly one of `targetUrl` and `problem` is null. */
export interface ResolvedReference {
  /** The attribute or header value as written, at most 2,083 characters (128 for a `data:` URL). */
  readonly rawHref: string;
  /** The normalised absolute URL. */
  readonly targetUrl: string | null;
  readonly problem: LinkProblem | null;
}

/** One occurrence of a link in a page. */
export interface PageLink extends ResolvedReference {
  /** Place among all links of the page, from 0; links from response headers come first. */
  readonly ordinal: number;
  readonly type: LinkType;
  /** Lower-case relation tokens, in order, without repeats. */
  readonly rel: readonly string[];
  /** False when `rel` holds nofollow, ugc or sponsored. Robots directives of the page are kept apart. */
  readonly follow: boolean;
  /** Text inside the `a` element, whitespace collapsed, at most 512 characters. */
  readonly anchorText: string;
  /** `alt` of the image or area, or of the first image with one inside the `a` element. */
  readonly altText: string | null;
  readonly position: LinkPosition;
  readonly pathType: PathType;
  /** Where a rendered page has it from; absent for a page that was not rendered. */
  readonly origin?: LinkOrigin;
}

/** True for the links that a crawl follows as pages: `a`, `area`, `iframe` and `frame`. */
export function isCrawlableLink(link: PageLink): boolean {
  return link.type === 'hyperlink' || link.type === 'iframe';
}
