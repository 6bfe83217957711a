/**
 * Removes query parameters whose name matches one of the patterns (`utm_*`, `sid`); `*` stands for
 * any run of characters. The other parameters keep their order and their spelling.
 */
export function createParamStripper(patterns: readonly string[]): (url: string) => string {
  if (patterns.length === 0) return (url) => url;
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const wild = patterns.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split('*'));
  const matches = (name: string): boolean =>
    exact.has(name) || wild.some((parts) => matchesWildcard(name, parts));
  return (url) => {
    const question = url.indexOf('?');
    if (question === -1) return url;
    const pairs = url.slice(question + 1).split('&');
    const kept = pairs.filter((pair) => !matches(decodeName(pair.split('=', 1)[0] ?? '')));
    if (kept.length === pairs.length) return url;
    return kept.length === 0 ? url.slice(0, question) : `${url.slice(0, question)}?${kept.join('&')}`;
  };
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Greedy left-to-right match of the pieces between `*`: linear, since no piece is tried twice. */
function matchesWildcard(name: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? '';
  const last = parts[parts.length - 1] ?? '';
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
