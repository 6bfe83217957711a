import { NOTHING } from './format.js';

interface LongTextProps {
  readonly text: string | null | undefined;
  readonly isUrl?: boolean;
}

/** Text that may be longer than its place: cut short there, and whole when one points at it. */
export function LongText({ text, isUrl = false }: LongTextProps) {
  return (
    <span className={isUrl ? 'url url-line' : 'url-line'} title={text ?? ''}>
      {text ?? NOTHING}
    </span>
  );
}
