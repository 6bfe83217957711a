/** What a query asks for: a metric, and which of its labels it picks. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
}

/** Everything that a query names. */
export interface QueryNames {
  readonly selectors: readonly Selector[];
  /** Labels that results are grouped or joined by. */
  readonly labels: readonly string[];
}

const STRING = String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'`;
const TOKEN = new RegExp(
  String.raw`${STRING}|\[[^\]]*\]|\{(?:${STRING}|[^}"'])*\}|[A-Za-z_:][\w:]*|\d[\w.]*|\s+|.`,
  'g',
);
const MATCHER = new RegExp(String.raw`([A-Za-z_]\w*)\s*(=~|!~|!=|=)\s*(${STRING})`, 'g');
const GROUPING = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const OPERATORS = new Set(['and', 'or', 'unless', 'offset', 'bool', 'inf', 'nan']);

/**
 * The names in a query of PromQL. It does not judge the query, which is Prometheus's part; of a valid one it
 * finds every metric. Names inside braces alone, as in `{__name__="x"}`, are not looked for.
 */
export function readNames(query: string): QueryNames {
  const tokens = (query.match(TOKEN) ?? []).filter((token) => token.trim() !== '');
  const selectors: Selector[] = [];
  const labels: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? '';
    const next = tokens[at + 1] ?? '';
    if (!/^[A-Za-z_:]/.test(token) || OPERATORS.has(token.toLowerCase())) continue;
    if (GROUPING.has(token)) {
      for (at += 2; at < tokens.length && tokens[at] !== ')'; at++) {
        if (tokens[at] !== ',') labels.push(tokens[at] ?? '');
      }
      continue;
    }
    // A function, or an aggregation whose grouping stands before what it aggregates.
    if (next === '(' || next === 'by' || next === 'without') continue;
    selectors.push({ metric: token, matchers: next.startsWith('{') ? readMatchers(next) : [] });
  }
  return { selectors, labels };
}

function readMatchers(braces: string): Selector['matchers'] {
  return [...braces.matchAll(MATCHER)].map(([, label = '', operator = '', text = '']) => ({
    label,
    operator,
    value: text.slice(1, -1),
  }));
}
