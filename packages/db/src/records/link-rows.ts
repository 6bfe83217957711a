import { type ArrayElement, arrayElements } from '../connect/array-literal.js';
import type { PageLinkRecord } from './page-link-record.js';

/** The links of one page as they travel to the database: per column of crawl_links, the elements of an array literal. */
export interface LinkRows {
  /** How many links. */
  readonly length: number;
  readonly columns: readonly string[];
}

/** In the order in which insertLinks names them. */
const COLUMNS: readonly ((link: PageLinkRecord) => ArrayElement)[] = [
  (link) => link.ordinal,
  (link) => link.targetKey,
  (link) => link.targetUrl,
  (link) => link.rawHref,
  (link) => link.linkType,
  (link) => link.isInternal,
  (link) => link.follow,
  (link) => link.rel,
  (link) => link.anchorText,
  (link) => link.altText,
  (link) => link.position,
  (link) => link.pathType,
  (link) => link.problem,
];

/**
 * Encodes the links of a page as soon as they are known. A page waits for its batch for as long as objects
 * need to grow old, and thousands of link objects that die old cost a crawl a third of its time and memory;
 * a dozen strings do not.
 */
export function encodeLinks(links: readonly PageLinkRecord[]): LinkRows {
  return { length: links.length, columns: COLUMNS.map((pick) => arrayElements(links.map(pick))) };
}

/** The nth column of the links of several pages, as one array literal. */
export function joinColumn(pages: readonly LinkRows[], column: number): string {
  return `{${pages.map(({ columns }) => columns[column]).join(',')}}`;
}
