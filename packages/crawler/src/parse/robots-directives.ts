import { cleanText, truncate } from './clean-text.js';

/** What one `meta` element or one part of an X-Robots-Tag header asks of crawlers. */
export interface RobotsStatement {
  readonly source: 'meta' | 'header';
  /** Lower-case crawler token; `*` for all crawlers. */
  readonly agent: string;
  /** Lower-case directives as written: `noindex`, `max-snippet:20`, `unavailable_after:25 jun 2030`. */
  readonly directives: readonly string[];
  /** Set for a `meta` element outside the head, which engines heed all the same. */
  readonly outsideHead?: true;
}

const PLAIN = new Set([
  'all',
  'index',
  'follow',
  'none',
  'noindex',
  'nofollow',
  'noarchive',
  'nocache',
  'nosnippet',
  'notranslate',
  'noimageindex',
  'noodp',
  'noydir',
  'nositelinkssearchbox',
  'indexifembedded',
  'noai',
  'noimageai',
]);
const VALUED = new Set(['max-snippet', 'max-image-preview', 'max-video-preview', 'unavailable_after']);

/** Names of `meta` elements that address one crawler; any other name ending in `bot` does so too. */
const AGENTS = new Set([
  'googlebot-news',
  'googlebot-image',
  'googlebot-video',
  'slurp',
  'baiduspider',
  'yandex',
  'teoma',
]);

const MAX_DIRECTIVES = 50;
const MAX_LENGTH = 256;

/** The crawler a `meta` element of this name speaks to, `*` for `robots`; null when it is no robots meta. */
export function robotsMetaAgent(name: string): string | null {
  const lower = name.trim().toLowerCase();
  if (lower === 'robots') return '*';
  return lower.length <= MAX_LENGTH && (lower.endsWith('bot') || AGENTS.has(lower)) ? cleanText(lower) : null;
}

/** The directives of a robots `meta` element's content. */
export function parseRobotsMeta(agent: string, content: string): RobotsStatement {
  const directives: string[] = [];
  for (const part of splitParts(content)) addDirective(directives, part);
  return { source: 'meta', agent, directives };
}

/**
 * The statements of one X-Robots-Tag header value. A part like `googlebot: noindex` names the crawler for
 * itself and for the parts behind it.
 */
export function parseRobotsHeader(value: string): RobotsStatement[] {
  const statements: { source: 'header'; agent: string; directives: string[] }[] = [];
  let current = { source: 'header' as const, agent: '*', directives: [] as string[] };
  for (const part of splitParts(value)) {
    const colon = part.indexOf(':');
    const name = part.slice(0, colon).trim();
    if (colon > 0 && isAgentName(name) && !isDateRest(current.directives, part)) {
      if (current.directives.length > 0) statements.push(current);
      current = { source: 'header', agent: name, directives: [] };
      addDirective(current.directives, part.slice(colon + 1).trim());
    } else {
      addDirective(current.directives, part);
    }
  }
  if (current.directives.length > 0) statements.push(current);
  return statements;
}

/**
 * The directives that hold for the crawler `token`: those for all and those for it by name, together, as
 * engines combine them. `none` counts as `noindex` and `nofollow`.
 */
export function effectiveRobots(statements: readonly RobotsStatement[], token: string): ReadonlySet<string> {
  const effective = new Set<string>();
  const wanted = token.toLowerCase();
  for (const { agent, directives } of statements) {
    if (agent !== '*' && agent !== wanted) continue;
    for (const directive of directives) {
      if (directive === 'none') effective.add('noindex').add('nofollow');
      else effective.add(directive);
    }
  }
  return effective;
}

function splitParts(text: string): string[] {
  return cleanText(truncate(text, 8_192))
    .toLowerCase()
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function addDirective(directives: string[], part: string): void {
  if (part === '' || directives.length >= MAX_DIRECTIVES) return;
  const colon = part.indexOf(':');
  const name = colon < 0 ? part : part.slice(0, colon).trim();
  const last = directives.at(-1);
  if (last !== undefined && isDateRest(directives, part)) {
    directives[directives.length - 1] = truncate(`${last}, ${part}`, MAX_LENGTH);
  } else if (colon > 0 && VALUED.has(name)) {
    directives.push(truncate(`${name}:${part.slice(colon + 1).trim()}`, MAX_LENGTH));
  } else {
    directives.push(truncate(part, MAX_LENGTH));
  }
}

/** Dates may hold a comma (`unavailable_after: Tue, 25 Jun 2030 15:00:00 GMT`): the part behind belongs to it. */
function isDateRest(directives: readonly string[], part: string): boolean {
  const last = directives.at(-1);
  return last?.startsWith('unavailable_after:') === true && !last.includes(',') && /^\d/.test(part);
}

function isAgentName(name: string): boolean {
  return (
    name !== '' && name.length <= MAX_LENGTH && !PLAIN.has(name) && !VALUED.has(name) && !/\s/.test(name)
  );
}
