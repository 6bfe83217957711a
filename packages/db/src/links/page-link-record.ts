import type { LinkOrigin, LinkPosition, LinkProblem, LinkType, PathType } from '@outrider/shared';

/** One occurrence of a link on a page, as it is kept. */
export interface PageLinkRecord {
  /** Its place among all links of the page. */
  readonly ordinal: number;
  /** Key and URL of what it leads to; null when that is no http(s) URL, and `problem` says why. */
  readonly targetKey: string | null;
  readonly targetUrl: string | null;
  readonly rawHref: string;
  readonly linkType: LinkType;
  readonly isInternal: boolean;
  readonly follow: boolean;
  readonly rel: string | null;
  readonly anchorText: string | null;
  readonly altText: string | null;
  readonly position: LinkPosition;
  readonly pathType: PathType;
  readonly problem: LinkProblem | null;
  /** Where a rendered page has it from; `html` for every link of a page that was not rendered. */
  readonly origin: LinkOrigin;
}
