import { OutriderError } from '@outrider/shared';

/** What a body is, as far as any route takes it. */
export type BodyKind = 'json' | 'text' | 'csv';

const KINDS: Readonly<Record<string, BodyKind>> = {
  'application/json': 'json',
  'text/plain': 'text',
  'text/csv': 'csv',
};

/** The kind that a Content-Type names. Throws `unsupported_media_type` for one that is not accepted, or not in UTF-8. */
export function bodyKind(contentType: string | undefined, accepted: readonly BodyKind[]): BodyKind {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  const kind = KINDS[type];
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  const isUtf8 = charset === undefined || /^"?(utf-8|utf8|us-ascii)"?$/.test(charset);
  if (kind === undefined || !accepted.includes(kind) || !isUtf8) {
    const names = Object.keys(KINDS).filter((name) => accepted.some((wanted) => KINDS[name] === wanted));
    throw new OutriderError('unsupported_media_type', `Send ${names.join(', ')} in UTF-8.`);
  }
  return kind;
}
