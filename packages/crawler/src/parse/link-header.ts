/** One link of a Link header (RFC 8288), values as written. */
export interface HeaderLink {
  readonly href: string;
  /** Lower-case relation tokens. */
  readonly rel: readonly string[];
  readonly hreflang: string | null;
}

const MAX_LINKS = 500;

/** The links of one Link header value, at most 500. Parts that break the grammar are passed over. */
export function parseLinkHeader(value: string): HeaderLink[] {
  const links: HeaderLink[] = [];
  let at = value.indexOf('<');
  while (at >= 0 && links.length < MAX_LINKS) {
    const close = value.indexOf('>', at);
    if (close < 0) break;
    const params = readParams(value, close + 1);
    const rel = relTokens(params.values.get('rel') ?? '');
    const hreflang = params.values.get('hreflang') ?? null;
    if (rel.length > 0) links.push({ href: value.slice(at + 1, close), rel, hreflang });
    at = value.indexOf('<', params.end);
  }
  return links;
}

/** Lower-case tokens of a `rel` value, in order, without repeats, at most 20. */
export function relTokens(rel: string): readonly string[] {
  if (rel === '') return NO_TOKENS;
  const known = tokensOf.get(rel);
  if (known !== undefined) return known;
  const tokens = [...new Set(rel.toLowerCase().split(/[\t\n\f\r ]+/))].filter((token) => token !== '');
  const kept = tokens.slice(0, 20);
  if (rel.length <= 64) {
    if (tokensOf.size >= 1_000) tokensOf.clear();
    tokensOf.set(rel, kept);
  }
  return kept;
}

const NO_TOKENS: readonly string[] = [];
/** A site writes few different `rel` values, very often. */
const tokensOf = new Map<string, readonly string[]>();

/** Parameters `;name=value` from `from` up to the comma that ends the link; the first of equal names counts. */
function readParams(value: string, from: number): { values: Map<string, string>; end: number } {
  const values = new Map<string, string>();
  let i = from;
  while (i < value.length && value.charAt(i) !== ',') {
    if (value.charAt(i) !== ';') {
      i++;
      continue;
    }
    const nameStart = i + 1;
    i = nameStart;
    while (i < value.length && !'=;,'.includes(value.charAt(i))) i++;
    const name = value.slice(nameStart, i).trim().toLowerCase();
    if (value.charAt(i) !== '=') continue;
    const read = readParamValue(value, i + 1);
    if (!values.has(name)) values.set(name, read.text);
    i = read.end;
  }
  return { values, end: i };
}

function readParamValue(value: string, from: number): { text: string; end: number } {
  let i = from;
  while (value.charAt(i) === ' ' || value.charAt(i) === '\t') i++;
  if (value.charAt(i) !== '"') {
    const start = i;
    while (i < value.length && !';,'.includes(value.charAt(i))) i++;
    return { text: value.slice(start, i).trim(), end: i };
  }
  let text = '';
  for (i++; i < value.length && value.charAt(i) !== '"'; i++) {
    if (value.charAt(i) === '\\') i++;
    text += value.charAt(i);
  }
  return { text, end: i + 1 };
}
