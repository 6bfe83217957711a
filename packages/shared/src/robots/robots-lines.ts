/** What a line of robots.txt can say that matters here. */
export type Directive = 'user-agent' | 'allow' | 'disallow' | 'crawl-delay' | 'sitemap';

export interface DirectiveLine {
  /** Counted from 1; CR, LF and CR LF each end a line. */
  readonly number: number;
  readonly directive: Directive;
  readonly value: string;
  /** The line without its comment, for people; at most MAX_TEXT characters. */
  readonly text: string;
}

const MAX_TEXT = 512;
/** What lies behind on a line is not read: Google's limit, eight times the longest URL of old browsers. */
const MAX_LINE = 8 * 2_083;

/**
 * How a key may begin. Sites misspell these often enough that Google's published matcher reads the
 * misspellings, and it reads keys that go on (`disallowed`) as the key they begin with.
 */
const KEYS: readonly (readonly [beginning: string, directive: Directive])[] = [
  ['user-agent', 'user-agent'],
  ['useragent', 'user-agent'],
  ['user agent', 'user-agent'],
  ['allow', 'allow'],
  ['disallow', 'disallow'],
  ['dissallow', 'disallow'],
  ['dissalow', 'disallow'],
  ['disalow', 'disallow'],
  ['diasllow', 'disallow'],
  ['disallaw', 'disallow'],
  ['crawl-delay', 'crawl-delay'],
  ['sitemap', 'sitemap'],
  ['site-map', 'sitemap'],
];

/** The directives of a robots.txt file in order; all other lines are passed over (RFC 9309, 2.2.4). */
export function* readDirectives(raw: string, truncated: boolean): Generator<DirectiveLine> {
  const text = raw.replaceAll('\0', '').replace(/^\ufeff/, '');
  // Rules quoted in a web page were not meant for crawlers.
  if (/^\s*</.test(text)) return;
  const lines = text.split(/\r\n|\n|\r/);
  if (truncated) lines.pop();
  for (const [index, line] of lines.entries()) {
    const content = withoutComment(line.length > MAX_LINE ? line.slice(0, MAX_LINE) : line);
    const at = separatorOf(content);
    if (at <= 0) continue;
    const directive = directiveOf(content.slice(0, at).trim().toLowerCase());
    if (directive === null) continue;
    const value = content.slice(at + 1).trim();
    yield { number: index + 1, directive, value, text: content.slice(0, MAX_TEXT) };
  }
}

function withoutComment(line: string): string {
  const comment = line.indexOf('#');
  return (comment < 0 ? line : line.slice(0, comment)).trim();
}

/** Where the key ends: at the colon, or, if there is none, at the blanks between two words and no more. */
function separatorOf(content: string): number {
  const colon = content.indexOf(':');
  if (colon >= 0) return colon;
  const blank = content.search(/[ \t]/);
  if (blank < 0) return -1;
  return /[ \t]/.test(content.slice(blank).trim()) ? -1 : blank;
}

function directiveOf(key: string): Directive | null {
  for (const [beginning, directive] of KEYS) if (key.startsWith(beginning)) return directive;
  return null;
}
