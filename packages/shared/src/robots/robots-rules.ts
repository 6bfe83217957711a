import { type DirectiveLine, readDirectives } from './robots-lines.js';
import { compileRobotsPattern, normalizeRobotsPath, type RobotsPattern } from './robots-pattern.js';

export interface RobotsDecision {
  readonly allowed: boolean;
  /** The line that decided, counted from 1, without its comment; null when no rule matches. */
  readonly rule: { readonly line: number; readonly text: string } | null;
}

export interface RobotsFile {
  /**
   * Whether the crawler with this product token may fetch `url`, by path and query alone: that the file
   * belongs to the URL's origin is for the caller to see to. `/robots.txt` itself is always allowed.
   */
  decide(token: string, url: string): RobotsDecision;
  /** Crawl-delay of the group that holds for `token`, in seconds, at most 60; null when it has none. */
  crawlDelaySeconds(token: string): number | null;
  /** Values of the Sitemap lines as written, in order, without repeats, at most 1,000. */
  readonly sitemaps: readonly string[];
}

export interface ParseRobotsOptions {
  /** The file was longer than what was read: a last line without its end is dropped. */
  readonly truncated?: boolean;
}

interface Rule {
  readonly allow: boolean;
  readonly pattern: RobotsPattern;
  readonly line: number;
  readonly text: string;
}

/** What stands below one run of User-agent lines: held once, however many crawlers the run names. */
interface Block {
  readonly rules: Rule[];
  /** Of the Crawl-delay lines, in seconds. */
  readonly delays: number[];
}

/** A block as it holds for one of its crawlers. */
interface Membership {
  readonly block: Block;
  /** Crawl-delay lines that stood before the crawler was named: they are not its own. */
  readonly delaysBefore: number;
}

/** What holds for one crawler. */
interface Group {
  /** By precedence. */
  readonly rules: readonly Rule[];
  readonly delay: number | null;
}

const MAX_DELAY_SECONDS = 60;
const MAX_SITEMAPS = 1_000;
const MAX_TOKENS = 100;

/**
 * Parses a robots.txt file by RFC 9309, and where the RFC leaves a choice as Google's published matcher does
 * (https://github.com/google/robotstxt): frequent misspellings count, a forgotten colon is assumed, and
 * `Allow: /x/index.html` allows `/x/` too. Anything is accepted: what is not a rule is passed over, and an
 * HTML page holds no rules. Time and memory grow with the file's size alone, however many crawlers share how many
 * rules. The caller limits the size (500 KiB at least, 2.5) and knows what a status other than 200 means (2.3.1).
 */
export function parseRobots(input: string | Uint8Array, options: ParseRobotsOptions = {}): RobotsFile {
  const groups = new Map<string, Membership[]>();
  const sitemaps = new Set<string>();
  let current = emptyBlock();
  let agentsOpen = false;
  const text = typeof input === 'string' ? input : decodeRobots(input);
  for (const line of readDirectives(text, options.truncated === true)) {
    switch (line.directive) {
      case 'user-agent':
        if (!agentsOpen) current = emptyBlock();
        agentsOpen = true;
        join(groups, agentOfLine(line.value), current);
        break;
      case 'allow':
      case 'disallow':
        agentsOpen = false;
        addRules(current.rules, line);
        break;
      case 'crawl-delay':
        addDelay(current.delays, line.value);
        break;
      case 'sitemap':
        if (line.value !== '' && sitemaps.size < MAX_SITEMAPS) sitemaps.add(line.value);
        break;
    }
  }
  return new ParsedRobots(groups, [...sitemaps]);
}

class ParsedRobots implements RobotsFile {
  readonly sitemaps: readonly string[];
  readonly #groups: ReadonlyMap<string, readonly Membership[]>;
  /** Groups by token as asked for: a crawl asks with one token for every URL. */
  readonly #byToken = new Map<string, Group | null>();

  constructor(groups: ReadonlyMap<string, readonly Membership[]>, sitemaps: readonly string[]) {
    this.#groups = groups;
    this.sitemaps = sitemaps;
  }

  decide(token: string, url: string): RobotsDecision {
    const group = this.#groupFor(token);
    if (group === null || group.rules.length === 0) return { allowed: true, rule: null };
    const path = normalizeRobotsPath(url);
    if (path === '/robots.txt') return { allowed: true, rule: null };
    const rule = group.rules.find(({ pattern }) => pattern.matches(path));
    if (rule === undefined) return { allowed: true, rule: null };
    return { allowed: rule.allow, rule: { line: rule.line, text: rule.text } };
  }

  crawlDelaySeconds(token: string): number | null {
    return this.#groupFor(token)?.delay ?? null;
  }

  #groupFor(token: string): Group | null {
    const known = this.#byToken.get(token);
    if (known !== undefined) return known;
    const memberships = this.#find(productToken(token));
    const group = memberships === null ? null : mergeBlocks(memberships);
    if (this.#byToken.size >= MAX_TOKENS) this.#byToken.clear();
    this.#byToken.set(token, group);
    return group;
  }

  /** The group for `googlebot-news`, else for `googlebot`, else for `*`. */
  #find(token: string): readonly Membership[] | null {
    for (let name = token; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('-')))) {
      const memberships = this.#groups.get(name);
      if (memberships !== undefined) return memberships;
    }
    return this.#groups.get('*') ?? null;
  }
}

/** Longest pattern first; of equally long ones Allow first (RFC 9309, 2.2.2), then the earlier line. */
function byPrecedence(a: Rule, b: Rule): number {
  return b.pattern.length - a.pattern.length || Number(b.allow) - Number(a.allow) || a.line - b.line;
}

function emptyBlock(): Block {
  return { rules: [], delays: [] };
}

/** Puts a crawler under a block, once even if the block's lines name it again. */
function join(groups: Map<string, Membership[]>, token: string, block: Block): void {
  const membership = { block, delaysBefore: block.delays.length };
  const known = groups.get(token);
  if (known === undefined) groups.set(token, [membership]);
  else if (known.at(-1)?.block !== block) known.push(membership);
}

/** Blocks that name the same crawler are one group (RFC 9309, 2.2.1); of several delays the longest holds. */
function mergeBlocks(memberships: readonly Membership[]): Group {
  const rules = memberships.flatMap(({ block }) => block.rules).sort(byPrecedence);
  let delay: number | null = null;
  for (const { block, delaysBefore } of memberships) {
    for (const seconds of block.delays.slice(delaysBefore)) delay = Math.max(delay ?? 0, seconds);
  }
  return { rules, delay };
}

/** What an Allow line that ends in index.htm or index.html allows besides: its folder, and nothing below it. */
const INDEX_PAGE = /^(.*\/)index\.htm[^/]*$/;

function addRules(rules: Rule[], line: DirectiveLine): void {
  const allow = line.directive === 'allow';
  const folder = allow ? INDEX_PAGE.exec(line.value)?.[1] : undefined;
  for (const value of folder === undefined ? [line.value] : [line.value, `${folder}$`]) {
    const pattern = compileRobotsPattern(value);
    if (pattern !== null) rules.push({ allow, pattern, line: line.number, text: line.text });
  }
}

/** Not in the RFC: decimal seconds as sites use them. */
function addDelay(delays: number[], value: string): void {
  if (/^(?:\d+\.?\d*|\.\d+)$/.test(value)) delays.push(Math.min(Number(value), MAX_DELAY_SECONDS));
}

/** Lower-case product token: letters, `-` and `_` (RFC 9309, 2.2.1), so without a version or comment. */
function productToken(value: string): string {
  return /^[a-z_-]*/.exec(value.trim().toLowerCase())?.[0] ?? '';
}

/** Whom a User-agent line names: a product token, or `*`, also where words follow it. */
function agentOfLine(value: string): string {
  return /^\*(?:\s|$)/.test(value) ? '*' : productToken(value);
}

/** The text of a robots.txt file: UTF-8 (RFC 9309, section 2.3), or UTF-16 where a byte order mark says so. */
export function decodeRobots(input: Uint8Array): string {
  const utf16 = (input[0] === 0xff && input[1] === 0xfe) || (input[0] === 0xfe && input[1] === 0xff);
  if (!utf16) return new TextDecoder('utf-8').decode(input);
  return new TextDecoder(input[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(input);
}
