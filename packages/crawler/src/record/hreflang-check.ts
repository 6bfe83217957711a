import type { UrlIdentity } from '@outrider/shared';
import type { HreflangReference } from '../parse/page-content.js';
import { isHreflangCode } from './language-codes.js';

/** What is right and wrong about a page's own hreflang set; return links need the other pages. */
export interface HreflangCheck {
  /** One of the targets is the page itself, which search engines ask for. */
  readonly selfReference: boolean;
  readonly xDefault: boolean;
  /** Codes that no search engine reads. */
  readonly invalidCodes: readonly string[];
  /** Codes that name more than one target. */
  readonly conflictingCodes: readonly string[];
  /** References that lead to no http(s) URL. */
  readonly brokenTargets: number;
  /** References outside the head, which are not heeded. */
  readonly outsideHead: number;
}

const MAX_CODES = 50;

/** Checks the hreflang references of the page at `url`; null when it has none. Targets are one when `identify` says so. */
export function checkHreflang(
  url: string,
  references: readonly HreflangReference[],
  identify: UrlIdentity,
): HreflangCheck | null {
  if (references.length === 0) return null;
  const targets = new Map<string, string | null>();
  const invalid = new Set<string>();
  const conflicting = new Set<string>();
  let selfReference = false;
  for (const { code, targetUrl } of references) {
    const target = targetUrl === null || targetUrl === url ? targetUrl : identify(targetUrl);
    if (target === url) selfReference = true;
    if (!isHreflangCode(code)) invalid.add(code);
    if (targets.has(code) && targets.get(code) !== target) conflicting.add(code);
    targets.set(code, target);
  }
  return {
    selfReference,
    xDefault: targets.has('x-default'),
    invalidCodes: [...invalid].slice(0, MAX_CODES),
    conflictingCodes: [...conflicting].slice(0, MAX_CODES),
    brokenTargets: references.filter(({ targetUrl }) => targetUrl === null).length,
    outsideHead: references.filter(({ inHead }) => !inHead).length,
  };
}
