/** W3C Datetime (the profile of ISO 8601 that the sitemaps.org protocol names), from a year to fractions of a second. */
const W3C_DATETIME =
  /^\d{4}(?:-\d{2}(?:-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:[Zz]|[+-]\d{2}:?\d{2})?)?)?)?$/;
/** RFC 822 with four-digit years, as RSS 2.0 uses it. */
const RFC_822 =
  /^(?:[A-Za-z]{3},\s*)?\d{1,2} [A-Za-z]{3} \d{4} \d{2}:\d{2}(?::\d{2})? (?:[A-Z]{1,5}|[+-]\d{4})$/;
/** No page of the web is older: the first one went online on 6 August 1991. */
const EARLIEST = Date.UTC(1991, 7, 6);
/** Clocks and time zones differ, but nothing was changed tomorrow. */
const AHEAD_MS = 86_400_000;
const LONGEST = 64;

const FREQUENCIES: ReadonlySet<string> = new Set([
  'always',
  'hourly',
  'daily',
  'weekly',
  'monthly',
  'yearly',
  'never',
]);

/** The moment of a `lastmod`, `updated` or `pubDate`; null for what is no date, before the web, or in the future. */
export function readLastmod(text: string, now: number): Date | null {
  const value = text.trim();
  if (value.length > LONGEST) return null;
  const isW3c = W3C_DATETIME.test(value);
  if (!isW3c && !RFC_822.test(value)) return null;
  const time = Date.parse(isW3c ? value.toUpperCase().replace(',', '.').replace(' ', 'T') : value);
  // NaN is neither.
  return time >= EARLIEST && time <= now + AHEAD_MS ? new Date(time) : null;
}

/** A priority from 0 to 1; null for anything else. */
export function readPriority(text: string): number | null {
  const value = text.trim();
  if (!/^(?:\d{1,3}(?:\.\d{0,20})?|\.\d{1,20})$/.test(value)) return null;
  const priority = Number(value);
  return priority <= 1 ? priority : null;
}

/** One of the seven words of the protocol, in lower case; null for anything else. */
export function readChangefreq(text: string): string | null {
  const value = text.trim().toLowerCase();
  return FREQUENCIES.has(value) ? value : null;
}
