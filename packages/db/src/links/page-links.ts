import type { LinkOrigin, LinkPosition, LinkProblem, LinkType, PathType } from '@outrider/shared';
import { narrowJson } from '../connect/narrow-json.js';
import {
  FOLLOW,
  INTERNAL,
  ORIGIN_CODES,
  ORIGIN_SHIFT,
  PATH_CODES,
  PATH_SHIFT,
  POSITION_CODES,
  POSITION_SHIFT,
  PROBLEM_CODES,
  PROBLEM_SHIFT,
  TYPE_CODES,
  TYPE_SHIFT,
} from './link-codes.js';
import type { PageLinkRecord } from './page-link-record.js';

/** The links of one page as they are kept: one row of crawl_links. */
export interface PageLinks {
  /** How many links. */
  readonly length: number;
  /** Key of each URL that the page names, once, in the order of the list in `text`, with commas between them. */
  readonly targetKeys: string;
  /** JSON, see StoredLinks. */
  readonly text: string;
}

/**
 * What is stored of a page's links, made small before it is compressed, since that is what compressing costs by. Each
 * list is a stream of numbers and texts.
 */
export interface StoredLinks {
  readonly v: 3;
  /** Each URL is what it does not share with the one before it, after the number of characters that it does, if any. */
  readonly u: readonly (string | number)[];
  /**
   * Each reference as it is written, once: the place of its URL in the list of URLs, or -1; then the reference itself, or
   * how many characters of the URL's end it holds, and then what stands around these, if anything does: a text that they
   * go into before its first `#`, or else at its end.
   */
  readonly h: readonly (string | number)[];
  /**
   * Each link is the place of its reference, then, as far as there are any, anchor text, rel and alt. A number below 0
   * is -1 less the code (type and flags, see link-codes.ts) of the links that follow.
   */
  readonly l: readonly (string | number)[];
  /** Their ordinals, unless these are 0, 1, 2 and so on. */
  readonly o?: readonly number[];
}

/** A reference is told by its URL if they share this many characters. */
const LEAST_SHARED = 4;

/** A link as a parser gives it: what there is to keep of it apart from where it leads. */
export interface WrittenLink {
  readonly ordinal: number;
  readonly rawHref: string;
  readonly type: LinkType;
  readonly follow: boolean;
  readonly rel: readonly string[];
  readonly anchorText: string;
  readonly altText: string | null;
  readonly position: LinkPosition;
  readonly pathType: PathType;
  readonly problem: LinkProblem | null;
  /** Absent for a link of a page that was not rendered. */
  readonly origin?: LinkOrigin;
}

/** Where a link leads. */
export interface LinkTarget {
  readonly key: string;
  readonly url: string;
  readonly isInternal: boolean;
}

/**
 * Encodes the links of a page one by one, as soon as they are known. A page waits for its batch for as long
 * as objects need to grow old, and thousands of link objects that die old cost a crawl a third of its time
 * and memory; one string does not. Each URL is named once, however often the page links it.
 */
export class PageLinksEncoder {
  readonly #targetKeys: string[] = [];
  readonly #urls: (string | number)[] = [];
  readonly #hrefs: (string | number)[] = [];
  readonly #links: (string | number)[] = [];
  readonly #ordinals: number[] = [];
  readonly #placeOfKey = new Map<string, number>();
  readonly #placeOfHref = new Map<string, number>();
  /** The place of its URL, for each reference. */
  readonly #urlOfHref: number[] = [];
  #lastUrl = '';
  #lastCode = -1;
  #isInOrder = true;

  /** Takes the next link; `target` is null for one that leads to no http(s) URL. */
  add(link: WrittenLink, target: LinkTarget | null): void {
    const code =
      (target?.isInternal === true ? INTERNAL : 0) |
      (link.follow ? FOLLOW : 0) |
      (POSITION_CODES[link.position] << POSITION_SHIFT) |
      (PATH_CODES[link.pathType] << PATH_SHIFT) |
      (link.problem === null ? 0 : PROBLEM_CODES[link.problem] << PROBLEM_SHIFT) |
      (link.origin === undefined ? 0 : ORIGIN_CODES[link.origin] << ORIGIN_SHIFT) |
      (TYPE_CODES[link.type] << TYPE_SHIFT);
    const { ordinal, anchorText, altText } = link;
    if (ordinal !== this.#ordinals.length) this.#isInOrder = false;
    this.#ordinals.push(ordinal);
    const links = this.#links;
    if (code !== this.#lastCode) {
      this.#lastCode = code;
      links.push(-1 - code);
    }
    links.push(this.#placeOfReference(link.rawHref, target));
    const rel = link.rel.length === 0 ? '' : link.rel.join(' ');
    if (altText !== null) links.push(anchorText, rel, altText);
    else if (rel !== '') links.push(anchorText, rel);
    else if (anchorText !== '') links.push(anchorText);
  }

  /** The row of the page. */
  end(): PageLinks {
    const links = { v: 3, u: this.#urls, h: this.#hrefs, l: this.#links } as const;
    const content: StoredLinks = this.#isInOrder ? links : { ...links, o: this.#ordinals };
    return {
      length: this.#ordinals.length,
      targetKeys: this.#targetKeys.join(','),
      text: narrowJson(content),
    };
  }

  /** Nearly always a page means the same by the same reference; those of its headers may have another base. */
  #placeOfReference(href: string, target: LinkTarget | null): number {
    const url = target === null ? -1 : this.#placeOf(target);
    const known = this.#placeOfHref.get(href);
    if (known !== undefined && this.#urlOfHref[known] === url) return known;
    const place = this.#urlOfHref.push(url) - 1;
    this.#placeOfHref.set(href, place);
    this.#hrefs.push(url);
    this.#writeReference(href, target?.url ?? '');
    return place;
  }

  #writeReference(href: string, url: string): void {
    const fragment = href.indexOf('#');
    const end = fragment < 0 ? href.length : fragment;
    const shared = sharedEnd(href, end, url);
    if (shared < LEAST_SHARED) this.#hrefs.push(href);
    else if (shared === href.length) this.#hrefs.push(shared);
    else this.#hrefs.push(shared, href.slice(0, end - shared) + href.slice(end));
  }

  #placeOf({ key, url }: LinkTarget): number {
    const known = this.#placeOfKey.get(key);
    if (known !== undefined) return known;
    const place = this.#targetKeys.push(key) - 1;
    const shared = sharedLength(this.#lastUrl, url);
    if (shared > 0) this.#urls.push(shared);
    this.#urls.push(shared === 0 ? url : url.slice(shared));
    this.#lastUrl = url;
    this.#placeOfKey.set(key, place);
    return place;
  }
}

/** How many characters two strings have in common at their beginning. */
function sharedLength(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let length = 0;
  while (length < most && one.charCodeAt(length) === other.charCodeAt(length)) length += 1;
  return length;
}

/** How many characters before `end` of the one are those at the end of the other. */
function sharedEnd(one: string, end: number, other: string): number {
  const most = Math.min(end, other.length);
  const from = other.length - end;
  let length = 0;
  while (length < most && one.charCodeAt(end - 1 - length) === other.charCodeAt(end - 1 - length + from))
    length += 1;
  return length;
}

/** Encodes links that are records already. */
export function encodePageLinks(links: readonly PageLinkRecord[]): PageLinks {
  const encoder = new PageLinksEncoder();
  for (const { linkType: type, targetKey: key, targetUrl: url, isInternal, ...link } of links) {
    const { rel, anchorText } = link;
    const written = { type, ...link, rel: rel === null ? [] : [rel], anchorText: anchorText ?? '' };
    encoder.add(written, key === null || url === null ? null : { key, url, isInternal });
  }
  return encoder.end();
}
