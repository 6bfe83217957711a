import {
  FOLLOW,
  INTERNAL,
  ORIGIN_CODES,
  ORIGIN_MASK,
  ORIGIN_SHIFT,
  PATH_CODES,
  PATH_MASK,
  PATH_SHIFT,
  POSITION_CODES,
  POSITION_MASK,
  POSITION_SHIFT,
  PROBLEM_CODES,
  PROBLEM_MASK,
  PROBLEM_SHIFT,
  TYPE_CODES,
  TYPE_SHIFT,
} from './link-codes.js';
import type { PageLinkRecord } from './page-link-record.js';
import type { StoredLinks } from './page-links.js';

/** What a row holds of the links of a page. */
export interface StoredPageLinks {
  readonly targetKeys: readonly string[];
  readonly text: string;
}

/**
 * The second form. A link is the place of its target in the list of URLs or -1; the href as written, or how many
 * characters of the URL's end it is; code; and as far as there are any: anchor text, rel, alt.
 */
interface SecondStoredLinks {
  readonly v: 2;
  readonly u: readonly (string | number)[];
  readonly l: readonly (readonly [number, string | number, number, (string | null)?, string?, string?])[];
  readonly o?: readonly number[];
}

/** The first form. Ordinal, place, href, type, flags, anchor text; and, if either is there, rel and alt. */
type FirstStoredLink = readonly [number, number, string, number, number, string | null, string?, string?];

interface FirstStoredLinks {
  readonly v?: undefined;
  readonly urls: readonly string[];
  readonly links: readonly FirstStoredLink[];
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
  const stored = JSON.parse(text) as StoredLinks | SecondStoredLinks | FirstStoredLinks;
  switch (stored.v) {
    case undefined:
      return decodeFirst(stored, keyOf, wanted);
    case 2:
      return decodeSecond(stored, keyOf, wanted);
    case 3:
      return decodeThird(stored, keyOf, wanted);
    default:
      throw new Error(`stored links have a form that this version does not know: ${text.slice(0, 20)}`);
  }
}

function decodeThird(
  { u, h, l, o }: StoredLinks,
  keyOf: (place: number) => string | null,
  wanted: number | null,
): PageLinkRecord[] {
  const urls = decodeUrls(u);
  const references = locateReferences(h);
  const found: PageLinkRecord[] = [];
  let code = 0;
  let count = 0;
  for (let at = 0; at < l.length; ) {
    const number = numberAt(l, at);
    const texts = at + 1;
    at = texts;
    while (typeof l[at] === 'string') at += 1;
    if (number < 0) {
      code = -1 - number;
      continue;
    }
    const index = count++;
    const place = numberAt(h, references[number] ?? -1);
    if (wanted !== null && place !== wanted) continue;
    const [anchorText = '', rel, altText] = l.slice(texts, at) as string[];
    const targetUrl = urls[place] ?? null;
    found.push(
      record({
        ordinal: o?.[index] ?? index,
        ...{
          targetKey: keyOf(place),
          targetUrl,
          rawHref: referenceAt(h, references[number] ?? -1, targetUrl),
        },
        ...{ type: code >> TYPE_SHIFT, flags: code, rel, altText },
        anchorText: anchorText === '' ? null : anchorText,
      }),
    );
  }
  return found;
}

/** Where each reference begins: with the place of its URL. Behind it and a number, a text belongs to both. */
function locateReferences(parts: readonly (string | number)[]): number[] {
  const begins: number[] = [];
  for (let at = 0; at < parts.length; ) {
    begins.push(at);
    at += typeof parts[at + 1] === 'number' && typeof parts[at + 2] === 'string' ? 3 : 2;
  }
  return begins;
}

/** The reference that begins at a place, as it was written. */
function referenceAt(parts: readonly (string | number)[], at: number, url: string | null): string {
  const written = parts[at + 1];
  if (typeof written === 'string') return written;
  const end = (url ?? '').slice(-numberAt(parts, at + 1));
  const around = parts[at + 2];
  return typeof around === 'string' ? within(around, end) : end;
}

/** Puts the end of a URL before the fragment of what a reference has around it. */
function within(around: string, end: string): string {
  const fragment = around.indexOf('#');
  return fragment < 0 ? around + end : around.slice(0, fragment) + end + around.slice(fragment);
}

function numberAt(parts: readonly (string | number)[], at: number): number {
  const part = parts[at];
  if (typeof part !== 'number') throw new Error(`stored links have no number at ${at}`);
  return part;
}

function decodeSecond(
  { u, l, o }: SecondStoredLinks,
  keyOf: (place: number) => string | null,
  wanted: number | null,
): PageLinkRecord[] {
  const urls = decodeUrls(u);
  const found: PageLinkRecord[] = [];
  for (const [index, link] of l.entries()) {
    const [place, href, code, anchorText = null, rel, altText] = link;
    if (wanted !== null && place !== wanted) continue;
    found.push(
      record({
        ordinal: o?.[index] ?? index,
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
