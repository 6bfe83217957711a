/** A number that stands alone: not in a word (`utf8`), and not in a percent-escape. */
const LONE_NUMBER = /(?<![A-Za-z0-9%])\d+(?![A-Za-z0-9])/g;
/** A segment that no person wrote: a session, a hash. */
const TOKEN = /^(?=[^/]*\d)(?=[^/]*[A-Za-z])[A-Za-z0-9_-]{16,}$/;
const EXTENSION = /\.[A-Za-z]{1,5}$/;
/** Parameters and folders by which calendars count what is not written as a date. */
const CALENDAR_WORDS: ReadonlySet<string> = new Set([
  'cal',
  'calendar',
  'calendario',
  'calendrier',
  'date',
  'day',
  'kalender',
  'month',
  'week',
  'year',
]);
interface UrlParts {
  readonly host: string;
  readonly segments: readonly string[];
  /** Null for a URL without a query. */
  readonly pairs: readonly (readonly [key: string, value: string])[] | null;
}

/** Takes a normalised URL apart, without parsing it again. */
export function splitUrl(url: string): UrlParts {
  const host = url.indexOf('//') + 2;
  const question = url.indexOf('?', host);
  const end = question === -1 ? url.length : question;
  const slash = url.indexOf('/', host);
  return {
    host: url.slice(host, slash),
    segments: url.slice(slash + 1, end).split('/'),
    pairs:
      question === -1
        ? null
        : url
            .slice(question + 1)
            .split('&')
            .map(splitPair),
  };
}

function splitPair(pair: string): readonly [string, string] {
  const equals = pair.indexOf('=');
  return equals === -1 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
}

/** `example.org/p/{n}?color&size`: the URL without its numbers, tokens and values. */
export function siblingTemplate(parts: UrlParts): string {
  return pathTemplate(parts) + queryTemplate(parts);
}

/** `example.org/p/{n}`. */
export function pathTemplate({ host, segments }: UrlParts): string {
  return `${host}/${segments.map(partTemplate).join('/')}`;
}

function partTemplate(part: string): string {
  return TOKEN.test(part) ? '{token}' : part.replace(LONE_NUMBER, '{n}');
}

/**
 * `example.org/view?id={n}&tab=a`: the URL without its numbers and tokens, also those in the values of its query;
 * null where no value has a number. Other values stay: they choose contents as folders do.
 */
export function numberedQueryTemplate(parts: UrlParts): string | null {
  if (parts.pairs?.some(([, value]) => value.match(LONE_NUMBER) !== null) !== true) return null;
  const pairs = parts.pairs.map(([key, value]) => (value === '' ? key : `${key}=${partTemplate(value)}`));
  return `${pathTemplate(parts)}?${pairs.sort().join('&')}`;
}

function queryTemplate({ pairs }: UrlParts): string {
  if (pairs === null) return '';
  return `?${[...new Set(pairs.map(([key]) => key))].sort().join('&')}`;
}

/** Whether a URL differs from its siblings in nothing but a number, a token or the values of its query. */
export function hasSiblings({ segments, pairs }: UrlParts): boolean {
  return (
    pairs !== null || segments.some((segment) => TOKEN.test(segment) || segment.match(LONE_NUMBER) !== null)
  );
}

/**
 * The template of a calendar page, or null for any other URL: what varies in it is a date, in whole
 * segments at the end of the path (`/events/2031/04/`, `/day-2031-04-30.html`), in values of the query
 * (`?month=4&year=2031`), or a count under a calendar's name (`/calendar/157`). A date before a word is an
 * article (`/2024/05/17/headline`), and a number that is no date names something (`/product/4711`).
 */
export function calendarTemplate(parts: UrlParts): string | null {
  const path = datedEnd(parts.segments);
  const values = datedValues(parts.pairs ?? []);
  if (path === null || values === null) return null;
  const numbers = [...path.numbers, ...values.numbers];
  const isCalendar = numbers.length > 0 && (path.isNamed || values.isNamed || isDate(numbers));
  return isCalendar ? `${parts.host}/${path.template}${queryTemplate(parts)}` : null;
}

interface Dated {
  readonly numbers: readonly string[];
  readonly isNamed: boolean;
}

/** The numbers in the whole segments that end the path; null when there are numbers elsewhere too. */
function datedEnd(segments: readonly string[]): (Dated & { readonly template: string }) | null {
  let first = segments.length;
  while (first > 0 && isNumberSegment(segments[first - 1] ?? '')) first -= 1;
  const folders = segments.slice(0, first);
  const ending = segments.slice(first);
  if (folders.some((folder) => folder.match(LONE_NUMBER) !== null)) return null;
  const numbers = ending.flatMap((segment) => segment.match(LONE_NUMBER) ?? []);
  const name = (folders.at(-1) ?? '').toLowerCase();
  const template = [...folders, ...ending.map((segment) => segment.replace(LONE_NUMBER, '{n}'))].join('/');
  return { numbers, isNamed: numbers.length > 0 && CALENDAR_WORDS.has(name), template };
}

/** `2031`, `2031-04`, `day-2031-04-30.html`, and the empty one after a closing slash. */
function isNumberSegment(segment: string): boolean {
  const name = segment.replace(EXTENSION, '');
  if (name === '') return segment === '';
  const [word = '', ...rest] = name.split(/(?<=[A-Za-z])[-_](?=\d)/);
  const number = rest.length === 0 ? word : rest.join('-');
  if (!/^\d[\d._-]*$/.test(number)) return false;
  return rest.length === 0 || CALENDAR_WORDS.has(word.toLowerCase());
}

/** The numbers in the values of the query; null when one of them is no part of a date, such as a page's number. */
function datedValues(pairs: readonly (readonly [string, string])[]): Dated | null {
  const numbers: string[] = [];
  let isNamed = false;
  for (const [key, value] of pairs) {
    const found = value.match(LONE_NUMBER);
    if (found === null) continue;
    const isNamedHere = CALENDAR_WORDS.has(key.toLowerCase());
    if (!isNamedHere && !isShortDate(key.toLowerCase(), value) && !isWholeDate(value, found)) return null;
    isNamed ||= isNamedHere || isYearMonth(value);
    numbers.push(...found);
  }
  return { numbers, isNamed };
}

/** `y=2031`, `m=4`, `d=30`, and `m=203104` as WordPress writes it. */
function isShortDate(key: string, value: string): boolean {
  if (key === 'y') return isYear(value);
  if (key === 'm') return isSmall(value, 12) || isYearMonth(value);
  return key === 'd' && isSmall(value, 31);
}

/** `2031-04`, `2031-04-30`, `20310430`: not a year alone, which may be any number. */
function isWholeDate(value: string, numbers: readonly string[]): boolean {
  return /^[\d./_-]+$/.test(value) && isDate(numbers) && !isYear(value);
}

/** A year, a year and a month in either order, or a day in any; or a day written as one number. */
function isDate(numbers: readonly string[]): boolean {
  const [a = '', b = '', c = ''] = numbers;
  switch (numbers.length) {
    case 1:
      return isYear(a) || isYearMonthDay(a);
    case 2:
      return (isYear(a) && isSmall(b, 53)) || (isSmall(a, 53) && isYear(b));
    case 3:
      return (
        (isYear(a) && isSmall(b, 12) && isSmall(c, 31)) || (isSmall(a, 31) && isSmall(b, 31) && isYear(c))
      );
    default:
      return false;
  }
}

/**
 * Within living memory, or planned. Fewer years than a budget has room for, so that products which happen
 * to be numbered like years never fill one.
 */
function isYear(text: string): boolean {
  return text.length === 4 && text >= '1900' && text <= '2199';
}

function isSmall(text: string, most: number): boolean {
  return text.length <= 2 && Number(text) >= 1 && Number(text) <= most;
}

function isYearMonth(text: string): boolean {
  return text.length === 6 && isYear(text.slice(0, 4)) && isSmall(text.slice(4), 12);
}

function isYearMonthDay(text: string): boolean {
  return text.length === 8 && isYearMonth(text.slice(0, 6)) && isSmall(text.slice(6), 31);
}
