const WHOLE = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const ONE_DIGIT = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const SHARE = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

/** What stands for a value that there is none of. */
export const NOTHING = '–';

/** A count, with the reader's thousands separators. */
export function formatCount(count: number | null | undefined): string {
  return count === null || count === undefined ? NOTHING : WHOLE.format(count);
}

/** A rate or an average: one digit where it is small. */
export function formatFigure(value: number | null | undefined): string {
  if (value === null || value === undefined) return NOTHING;
  return (Math.abs(value) < 100 ? ONE_DIGIT : WHOLE).format(value);
}

/** 0 to 1 as per cent. */
export function formatShare(share: number | null | undefined): string {
  return share === null || share === undefined ? NOTHING : SHARE.format(share);
}

/** A moment (ISO 8601) in the reader's own zone. */
export function formatMoment(iso: string | null | undefined): string {
  return iso === null || iso === undefined ? NOTHING : MOMENT.format(new Date(iso));
}

/** The time of day of a moment (ISO 8601). */
export function formatClock(iso: string): string {
  return CLOCK.format(new Date(iso));
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes in decimal units. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return NOTHING;
  const step = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${formatFigure(bytes / 1_000 ** step)} ${UNITS[step] ?? 'B'}`;
}

/** Milliseconds, as seconds where there are many. */
export function formatMilliseconds(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return NOTHING;
  return ms < 10_000 ? `${WHOLE.format(ms)} ms` : `${ONE_DIGIT.format(ms / 1_000)} s`;
}

/** How long something took, in its two largest units: `2 h 5 min`. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return NOTHING;
  if (seconds < 10) return `${ONE_DIGIT.format(seconds)} s`;
  const whole = Math.round(seconds);
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3_600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  const shown = parts.slice(first, first + 2).filter(([amount]) => amount > 0);
  return shown.map(([amount, unit]) => `${amount} ${unit}`).join(' ');
}

const STEPS: readonly [limit: number, size: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60, 1, 'second'],
  [3_600, 60, 'minute'],
  [86_400, 3_600, 'hour'],
  [30 * 86_400, 86_400, 'day'],
  [365 * 86_400, 30 * 86_400, 'month'],
  [Number.POSITIVE_INFINITY, 365 * 86_400, 'year'],
];

/** How long ago, or how far ahead, a moment (ISO 8601) is of `now` (milliseconds since 1970). */
export function formatRelative(iso: string, now: number): string {
  const seconds = (Date.parse(iso) - now) / 1_000;
  const distance = Math.abs(seconds);
  if (distance < 5) return 'just now';
  const step = STEPS.find(([limit]) => distance < limit);
  if (step === undefined) return formatMoment(iso);
  return RELATIVE.format(Math.round(seconds / step[1]), step[2]);
}

/** `blocked_address` as `blocked address`. */
export function inWords(name: string): string {
  return name.replaceAll('_', ' ');
}
