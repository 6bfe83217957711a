import { OutriderError } from '@outrider/shared';

/** Query parameters by name. Throws `validation_failed` for one given twice, and for text that cannot be stored. */
export function readQuery(search: URLSearchParams): Record<string, string> {
  const query: Record<string, string> = Object.create(null);
  for (const [name, value] of search) {
    if (Object.hasOwn(query, name)) throw invalid(name, 'repeated', 'is given twice');
    if (value.includes('\0') || name.includes('\0')) throw invalid(name, 'unstorable_text', 'has U+0000');
    query[name] = value;
  }
  return { ...query };
}

function invalid(path: string, code: string, message: string): OutriderError {
  return new OutriderError('validation_failed', 'Something in the query is not valid: see fields.', {
    fields: [{ path, code, message }],
  });
}
