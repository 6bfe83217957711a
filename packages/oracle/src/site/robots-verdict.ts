/**
 * A second, separate reading of RFC 9309, kept apart from the crawler's own on purpose: the site
 * predicts with it what a correct crawler may fetch, so a mistake in one does not hide in the other.
 * It reads what tests plant: plain ASCII paths, `*` and `$`.
 */
interface Rule {
  readonly allow: boolean;
  readonly pattern: string;
}

interface Group {
  readonly agents: string[];
  readonly rules: Rule[];
}

function parseGroups(text: string): Group[] {
  const groups: Group[] = [];
  let current: Group | undefined;
  for (const rawLine of text.split(/\r\n|\r|\n/)) {
    const line = (rawLine.split('#', 1)[0] ?? '').trim();
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const field = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (field === 'user-agent') {
      if (current === undefined || current.rules.length > 0) {
        current = { agents: [], rules: [] };
        groups.push(current);
      }
      current.agents.push(value.toLowerCase());
    } else if (field === 'allow' || field === 'disallow') {
      current?.rules.push({ allow: field === 'allow', pattern: value });
    }
  }
  return groups;
}

/** Rules of all groups that name the token, else of the `*` groups (RFC 9309, section 2.2.1). */
function rulesFor(groups: readonly Group[], token: string): Rule[] {
  const named = groups.filter((group) => group.agents.includes(token.toLowerCase()));
  const chosen = named.length > 0 ? named : groups.filter((group) => group.agents.includes('*'));
  return chosen.flatMap((group) => group.rules).filter((rule) => rule.pattern !== '');
}

function toRegExp(pattern: string): RegExp {
  const anchored = pattern.endsWith('$');
  const source = (anchored ? pattern.slice(0, -1) : pattern)
    .split('*')
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}${anchored ? '$' : ''}`);
}

/**
 * Compiles a robots.txt for one product token. The longest matching pattern wins, and allow wins a tie
 * (RFC 9309, section 2.2.2).
 */
export function compileRobots(text: string, token: string): (path: string) => boolean {
  const rules = rulesFor(parseGroups(text), token)
    .map((rule) => ({ ...rule, expression: toRegExp(rule.pattern) }))
    .sort((a, b) => b.pattern.length - a.pattern.length || Number(b.allow) - Number(a.allow));
  return (path) => rules.find((rule) => rule.expression.test(path))?.allow ?? true;
}
