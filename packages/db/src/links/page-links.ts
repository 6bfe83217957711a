import type { LinkOrigin, LinkPosition, LinkProblem, LinkType, PathType } from '@outrider/shared';
import { narrowJson } from '../connect/narrow-json.js';
import type { PageLinkRecord } from './page-link-record.js';

/** The links of one page as they are kept: one row of crawl_links. */
export interface PageLinks {
  /** How many links. */
  readonly length: number;
  /** Key of each URL that the page names, once, in the order of the list in `text`, with commas between them. */
  readonly targetKeys: string;
  /** JSON, see PageLinksEncoder. */
  readonly text: string;
}

/** What a row holds of them. */
export interface StoredPageLinks {
  readonly targetKeys: readonly string[];
  readonly text: string;
}

/**
 * The numbers that stand for the closed sets in stored links. They are in databases: one may be added, none
 * may change.
 */
const TYPE_CODES: Readonly<Record<LinkType, number>> = {
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
const POSITION_CODES: Readonly<Record<LinkPosition, number>> = {
  content: 0,
  nav: 1,
  header: 2,
  footer: 3,
  aside: 4,
};
const PATH_CODES: Readonly<Record<PathType, number>> = {
  absolute: 0,
  protocol_relative: 1,
  root_relative: 2,
  relative: 3,
};
const PROBLEM_CODES: Readonly<Record<LinkProblem, number>> = {
  unsupported_scheme: 1,
  invalid_url: 2,
  url_too_long: 3,
};

const ORIGIN_CODES: Readonly<Record<LinkOrigin, number>> = { html: 0, rendered: 1, both: 2 };

const INTERNAL = 0x01;
const FOLLOW = 0x02;
const POSITION_SHIFT = 2;
const POSITION_MASK = 0x07;
const PATH_SHIFT = 5;
const PATH_MASK = 0x03;
const PROBLEM_SHIFT = 7;
const PROBLEM_MASK = 0x07;
const ORIGIN_SHIFT = 10;
const ORIGIN_MASK = 0x03;

const TYPE_SHIFT = 12;

/**
 * Place of the target in the list of URLs or -1; the href as written, or how many characters of the URL's end it is;
 * type and flags; and as far as there are any: anchor text, rel, alt.
 */
type StoredLink = readonly [number, string | number, number, (string | null)?, string?, string?];

/** What is stored of a page's links, made small before it is compressed, since that is what compressing costs by. */
interface StoredLinks {
  readonly v: 2;
  /** Each URL is what it does not share with the one before it, after the number of characters that it does, if any. */
  readonly u: readonly (string | number)[];
  readonly l: readonly StoredLink[];
  /** Their ordinals, unless these are 0, 1, 2 and so on. */
  readonly o?: readonly number[];
}

/** The first form. Ordinal, place, href, type, flags, anchor text; and, if either is there, rel and alt. */
type FirstStoredLink = readonly [number, number, string, number, number, string | null, string?, string?];

interface FirstStoredLinks {
  readonly v?: undefined;
  readonly urls: readonly string[];
  readonly links: readonly FirstStoredLink[];
}

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
  readonly #links: StoredLink[] = [];
  readonly #ordinals: number[] = [];
  readonly #places = new Map<string, number>();
  #lastUrl = '';
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
    const place = target === null ? -1 : this.#placeOf(target);
    const { ordinal, rawHref, altText } = link;
    if (ordinal !== this.#links.length) this.#isInOrder = false;
    this.#ordinals.push(ordinal);
    const href = rawHref !== '' && target?.url.endsWith(rawHref) === true ? rawHref.length : rawHref;
    const anchorText = link.anchorText === '' ? null : link.anchorText;
    const rel = link.rel.length === 0 ? '' : link.rel.join(' ');
    if (altText !== null) this.#links.push([place, href, code, anchorText, rel, altText]);
    else if (rel !== '') this.#links.push([place, href, code, anchorText, rel]);
    else if (anchorText !== null) this.#links.push([place, href, code, anchorText]);
    else this.#links.push([place, href, code]);
  }

  /** The row of the page. */
  end(): PageLinks {
    const links = { v: 2, u: this.#urls, l: this.#links } as const;
    const content: StoredLinks = this.#isInOrder ? links : { ...links, o: this.#ordinals };
    return {
      length: this.#links.length,
      targetKeys: this.#targetKeys.join(','),
      text: narrowJson(content),
    };
  }

  #placeOf({ key, url }: LinkTarget): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.#targetKeys.push(key) - 1;
    const shared = sharedLength(this.#lastUrl, url);
    if (shared > 0) this.#urls.push(shared);
    this.#urls.push(shared === 0 ? url : url.slice(shared));
    this.#lastUrl = url;
    this.#places.set(key, place);
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

/** The links of a row of crawl_links, in the order of the page. */
export function decodePageLinks({ targetKeys, text }: StoredPageLinks): PageLinkRecord[] {
  return decodeLinks(text, (place) => targetKeys[place] ?? null, null);
}

/** What a row holds of its links to one of its URLs: the key of that URL, and its place among the row's keys, from 0. */
export interface StoredLinksTo {
  readonly targetKey: string;
  readonly place: number;
  readonly text: string;
}

/** The links of a row that lead to one of its URLs. The others are not made into records: a page has a hundred. */
export function decodeLinksTo({ targetKey, place, text }: StoredLinksTo): PageLinkRecord[] {
  return decodeLinks(text, () => targetKey, place);
}

/** Those to the URL at one place, or with null all. */
function decodeLinks(
  text: string,
  keyOf: (place: number) => string | null,
  wanted: number | null,
): PageLinkRecord[] {
  const stored = JSON.parse(text) as StoredLinks | FirstStoredLinks;
  if (stored.v === undefined) return decodeFirst(stored, keyOf, wanted);
  const urls = decodeUrls(stored.u);
  const found: PageLinkRecord[] = [];
  for (const [index, link] of stored.l.entries()) {
    const [place, href, code, anchorText = null, rel, altText] = link;
    if (wanted !== null && place !== wanted) continue;
    found.push(
      record({
        ordinal: stored.o?.[index] ?? index,
        ...{ targetKey: keyOf(place), targetUrl: urls[place] ?? null },
        rawHref: typeof href === 'number' ? (urls[place] ?? '').slice(-href) : href,
        ...{ type: code >> TYPE_SHIFT, flags: code, anchorText, rel, altText },
      }),
    );
  }
  return found;
}

function decodeFirst(
  { urls, links }: FirstStoredLinks,
  keyOf: (place: number) => string | null,
  wanted: number | null,
): PageLinkRecord[] {
  const found = wanted === null ? links : links.filter(([, place]) => place === wanted);
  return found.map(([ordinal, place, rawHref, type, flags, anchorText, rel, altText]) =>
    record({
      ...{ ordinal, targetKey: keyOf(place), targetUrl: urls[place] ?? null, rawHref },
      ...{ type, flags, anchorText, rel, altText },
    }),
  );
}

function decodeUrls(parts: readonly (string | number)[]): string[] {
  const urls: string[] = [];
  let shared = 0;
  for (const part of parts) {
    if (typeof part === 'number') {
      shared = part;
      continue;
    }
    urls.push((urls.at(-1) ?? '').slice(0, shared) + part);
    shared = 0;
  }
  return urls;
}

interface DecodedLink
  extends Pick<PageLinkRecord, 'ordinal' | 'targetKey' | 'targetUrl' | 'rawHref' | 'anchorText'> {
  readonly type: number;
  readonly flags: number;
  readonly rel: string | undefined;
  readonly altText: string | undefined;
}

function record({ type, flags, rel, altText, ...link }: DecodedLink): PageLinkRecord {
  // What is new stands first: behind a spread each object would get a shape of its own, and a page has a hundred links.
  return {
    linkType: named(TYPES, type),
    isInternal: (flags & INTERNAL) !== 0,
    follow: (flags & FOLLOW) !== 0,
    rel: rel === undefined || rel === '' ? null : rel,
    altText: altText ?? null,
    position: named(POSITIONS, (flags >> POSITION_SHIFT) & POSITION_MASK),
    pathType: named(PATHS, (flags >> PATH_SHIFT) & PATH_MASK),
    problem: PROBLEMS.get((flags >> PROBLEM_SHIFT) & PROBLEM_MASK) ?? null,
    origin: named(ORIGINS, (flags >> ORIGIN_SHIFT) & ORIGIN_MASK),
    ...link,
  };
}

function byCode<Name extends string>(codes: Readonly<Record<Name, number>>): ReadonlyMap<number, Name> {
  return new Map(Object.entries<number>(codes).map(([name, code]) => [code, name as Name]));
}

const TYPES = byCode(TYPE_CODES);
const POSITIONS = byCode(POSITION_CODES);
const PATHS = byCode(PATH_CODES);
const PROBLEMS = byCode(PROBLEM_CODES);
const ORIGINS = byCode(ORIGIN_CODES);

function named<Name extends string>(names: ReadonlyMap<number, Name>, code: number): Name {
  const name = names.get(code);
  if (name === undefined)
    throw new Error(`stored links hold a code that this version does not know: ${code}`);
  return name;
}
