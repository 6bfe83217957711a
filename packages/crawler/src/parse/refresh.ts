/** A refresh that leads elsewhere. */
export interface Refresh {
  readonly delaySeconds: number;
  readonly href: string;
}

/**
 * Reads the content of `<meta http-equiv="refresh">` or a Refresh header (HTML standard, 4.2.5.3 "shared
 * declarative refresh steps"): `5; url='next.html'`. Null when it does not parse or names no target, which
 * means that the page reloads itself. Delays are whole seconds.
 */
export function parseRefresh(content: string): Refresh | null {
  const match = /^[\t\n\f\r ]*(\d*)([\d.]*)/.exec(content);
  const digits = match?.[1] ?? '';
  if (match === null || (digits === '' && match[2] === '')) return null;
  let rest = content.slice(match[0].length);
  if (rest !== '' && !/^[;,\t\n\f\r ]/.test(rest)) return null;
  rest = rest.replace(/^[\t\n\f\r ]*[;,]?[\t\n\f\r ]*/, '');
  rest = rest.replace(/^url[\t\n\f\r ]*=[\t\n\f\r ]*/i, '');
  const quote = rest.charAt(0);
  if (quote === '"' || quote === "'") {
    const close = rest.indexOf(quote, 1);
    rest = rest.slice(1, close < 0 ? undefined : close);
  }
  const delaySeconds = Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
  return rest === '' ? null : { delaySeconds, href: rest };
}
