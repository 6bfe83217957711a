import { Tooltip } from '@mantine/core';
import { formatMoment, formatRelative, NOTHING } from './format.js';
import { useNow } from './use-now.js';

/** A moment (ISO 8601) as its distance from now, and exactly when one points at it. */
export function Moment({ at }: { readonly at: string | null | undefined }) {
  if (at === null || at === undefined) return <span>{NOTHING}</span>;
  return <Known at={at} />;
}

function Known({ at }: { readonly at: string }) {
  const now = useNow();
  return (
    <Tooltip label={formatMoment(at)}>
      <time dateTime={at}>{formatRelative(at, now)}</time>
    </Tooltip>
  );
}
