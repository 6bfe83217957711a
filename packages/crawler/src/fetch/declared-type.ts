/** A media type with its essence (RFC 9110, 8.3.1), and whatever parameters follow. */
const TYPE = /^([!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+)[\t ]*(?:;|$)/;
/** What stands between commas; a comma in quotes parts nothing. */
const PARTS = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g;
const CHARSET = /;[\t ]*charset[\t ]*=/i;

/**
 * The type that an answer declares, with its parameters, by the values of its Content-Type headers in their order;
 * null without any. Of several, also of those that a proxy has joined by commas, the last one that is a type counts,
 * and one that only repeats the type before does not take back its `charset` (Fetch standard, "extract a MIME
 * type"). When none is a type, the last value as it is.
 */
export function declaredType(values: readonly string[]): string | null {
  const last = values.at(-1) ?? null;
  if (last === null || (values.length === 1 && !last.includes(','))) return last;
  let declared: string | null = null;
  let before = '';
  for (const part of values.flatMap((value) => value.match(PARTS) ?? [])) {
    const type = part.trim();
    const essence = TYPE.exec(type)?.[1]?.toLowerCase();
    if (essence === undefined || essence === '*/*') continue;
    if (essence === before && !CHARSET.test(type)) continue;
    declared = type;
    before = essence;
  }
  return declared ?? last;
}
