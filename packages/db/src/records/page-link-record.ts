/** One row of crawl_links: one occurrence of a link on a page. */
export interface PageLinkRecord {
  readonly ordinal: number;
  readonly targetKey: string | null;
  readonly targetUrl: string | null;
  readonly rawHref: string;
  readonly linkType: string;
  readonly isInternal: boolean;
  readonly follow: boolean;
  readonly rel: string | null;
  readonly anchorText: string | null;
  readonly altText: string | null;
  readonly position: string;
  readonly pathType: string;
  readonly problem: string | null;
}
