import { saysNotFound } from '../parse/not-found-phrases.js';

/** What tells an error page that was sent as a page. */
export interface Soft404Signs {
  readonly status: number;
  readonly title: string | null;
  readonly h1: string | null;
  /** Words of the main text. */
  readonly wordCount: number;
  /** A short main text says that something was not found. */
  readonly textSaysNotFound: boolean;
}

/** A main text of fewer words than this is thin, one of fewer than `EMPTY` nearly none. */
const THIN = 100;
const EMPTY = 10;

/**
 * How much an answer of 2xx looks like an error page, from 0 to 1; 0.5 and more is worth a look. It adds up:
 * a title that says so (or has the number 404) 0.5, such an `h1` 0.35, such a main text 0.25; and for the missing
 * content, if it has any of these signs or next to no text, 0.15 below 100 words of main text and 0.25 below 10. Any other
 * status is no soft 404: 0.
 */
export function soft404Score(signs: Soft404Signs): number {
  if (signs.status < 200 || signs.status > 299) return 0;
  let score = 0;
  if (namesError(signs.title)) score += 0.5;
  if (namesError(signs.h1)) score += 0.35;
  if (signs.textSaysNotFound) score += 0.25;
  if (signs.wordCount < EMPTY) score += 0.25;
  else if (signs.wordCount < THIN && score > 0) score += 0.15;
  return Math.min(1, Math.round(score * 100) / 100);
}

/** A heading that says "not found", or names the status: `404`, `Error 404`, `404 | Shop`; not `Peugeot 404 Coupé 1966`. */
function namesError(heading: string | null): boolean {
  if (heading === null) return false;
  if (saysNotFound(heading)) return true;
  return /^\W*(?:(?:error|http|status|code|fehler|erreur)\W*)*404(?:\W*$|\W*(?:error|[-–—|:·]))/i.test(
    heading.slice(0, 200),
  );
}
