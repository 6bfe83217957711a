/**
 * Removes parameters that match one of the patterns. `*` stands for any run of characters.
 *
 * - `utm_*`: parameters of the query, by name;
 * - `print=1`: parameters of the query, by name and value;
 * - `;jsessionid`: parameters of a path segment (`/cart;jsessionid=1A2B`, RFC 3986, section 3.3), by name.
 *
 * Names and values are compared after percent-decoding, and case counts. What is kept keeps its order and
 * its spelling. Takes a normalised URL and returns one.
 */
export function createParamStripper(patterns: readonly string[]): (url: string) => string {
  const ofPath = compile(patterns.filter(isOfPath).map((pattern) => pattern.slice(1)));
  const ofQuery = compile(patterns.filter((pattern) => !isOfPath(pattern)));
  return (url) => {
    const question = url.indexOf('?');
    const address = question === -1 ? url : url.slice(0, question);
    const stripped = ofPath !== null && address.includes(';') ? stripPath(address, ofPath) : address;
    if (question === -1) return stripped;
    const query = url.slice(question);
    return stripped + (ofQuery === null ? query : stripQuery(query, ofQuery));
  };
}

type Matches = (pair: string) => boolean;

function isOfPath(pattern: string): boolean {
  return pattern.startsWith(';');
}

function stripQuery(query: string, matches: Matches): string {
  const pairs = query.slice(1).split('&');
  const kept = pairs.filter((pair) => !matches(pair));
  if (kept.length === pairs.length) return query;
  return kept.length === 0 ? '' : `?${kept.join('&')}`;
}

/** Scheme and host stay as they are: a host may hold a `;`, and without what follows it would be another. */
function stripPath(address: string, matches: Matches): string {
  const [scheme = '', empty = '', host = '', ...segments] = address.split('/');
  const kept = segments.map((segment) => (segment.includes(';') ? stripSegment(segment, matches) : segment));
  return [scheme, empty, host, ...kept].join('/');
}

/** A segment that would become `.` or `..` stays: without its parameters it would name another folder. */
function stripSegment(segment: string, matches: Matches): string {
  const [name = '', ...parameters] = segment.split(';');
  const kept = parameters.filter((parameter) => !matches(parameter));
  const stripped = [name, ...kept].join(';');
  return DOT_SEGMENT.test(stripped) ? segment : stripped;
}

const DOT_SEGMENT = /^(?:\.|%2e){1,2}$/i;

/** What tells whether a `name=value` matches; null when there is nothing to match. */
function compile(patterns: readonly string[]): Matches | null {
  if (patterns.length === 0) return null;
  const plain = patterns.filter((pattern) => !pattern.includes('='));
  const exact = new Set(plain.filter((pattern) => !pattern.includes('*')));
  const wild = plain.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split('*'));
  const pairs = patterns.filter((pattern) => pattern.includes('=')).map(splitPattern);
  return (pair) => {
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    if (exact.has(name) || wild.some((parts) => matchesWildcard(name, parts))) return true;
    if (pairs.length === 0) return false;
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
    return pairs.some((one) => matchesWildcard(name, one.name) && matchesWildcard(value, one.value));
  };
}

function splitPattern(pattern: string): { name: string[]; value: string[] } {
  const equals = pattern.indexOf('=');
  return { name: pattern.slice(0, equals).split('*'), value: pattern.slice(equals + 1).split('*') };
}

function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Greedy left-to-right match of the pieces between `*`: linear, since no piece is tried twice. */
function matchesWildcard(name: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? '';
  const last = parts[parts.length - 1] ?? '';
  if (parts.length === 1) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  let at = first.length;
  const end = name.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
