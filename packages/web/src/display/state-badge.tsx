import { Badge } from '@mantine/core';
import { inWords } from './format.js';

export interface Look {
  readonly color: string;
  readonly mark: string;
}

const QUIET: Look = { color: 'gray', mark: '○' };
const GOING: Look = { color: 'trail', mark: '▶' };
const GOOD: Look = { color: 'teal', mark: '✓' };
const BAD: Look = { color: 'red', mark: '✕' };
const HELD: Look = { color: 'yellow', mark: '‖' };
const ENDING: Look = { color: 'orange', mark: '■' };

/** How a state of anything looks. A mark goes with the colour, which alone would tell too few. */
const LOOKS: Readonly<Record<string, Look>> = {
  queued: QUIET,
  idle: QUIET,
  waiting: QUIET,
  pending: QUIET,
  archived: QUIET,
  finished: QUIET,
  gone: BAD,
  running: GOING,
  working: GOING,
  leased: GOING,
  active: GOOD,
  completed: GOOD,
  done: GOOD,
  fetched: GOOD,
  in: GOOD,
  started: GOOD,
  to_be_skipped: { ...QUIET, mark: '□' },
  resolved: GOOD,
  failed: BAD,
  invalid: BAD,
  critical: BAD,
  error: BAD,
  missed: BAD,
  revoked: BAD,
  expired: BAD,
  paused: HELD,
  frozen: HELD,
  pausing: HELD,
  buffered: HELD,
  warning: HELD,
  draining: HELD,
  stopping: ENDING,
  stopped: ENDING,
  cancelled: ENDING,
  skipped: ENDING,
  out: ENDING,
  new: GOOD,
  changed: HELD,
};

/** A word that is cut off says nothing. */
const WHOLE = { minWidth: 'max-content', verticalAlign: 'middle' } as const;

/** The mark and the colour of a state. */
export function lookOf(state: string): Look {
  return LOOKS[state] ?? (state.startsWith('skipped') ? ENDING : QUIET);
}

/** A state in its word, with a mark and a colour. */
export function StateBadge({ state }: { readonly state: string }) {
  const { color, mark } = lookOf(state);
  return (
    <Badge variant="light" color={color} radius="sm" tt="none" fw={600} style={WHOLE}>
      <span aria-hidden="true">{mark} </span>
      {inWords(state)}
    </Badge>
  );
}

/** The status of an HTTP answer. */
export function StatusCode({ status }: { readonly status: number | null }) {
  if (status === null) return <span>–</span>;
  const color = status >= 500 ? 'red' : status >= 400 ? 'orange' : status >= 300 ? 'yellow' : 'teal';
  return (
    <Badge variant="light" color={color} radius="sm" style={WHOLE}>
      {status}
    </Badge>
  );
}
