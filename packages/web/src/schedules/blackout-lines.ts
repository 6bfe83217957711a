import { type Blackout, blackout, describeBlackout } from '@outrider/shared/contract';
import { textLinesOf } from '../display/text-lines.js';

const WINDOW = /^(\S+) to (\S+)(?: on (.+))?$/i;
const DATE = /^\d{4}-/;

/** What is wrong with a line, in words that show how to write it. */
export const BLACKOUT_FORM = '“22:00 to 06:00”, “22:00 to 06:00 on fri, sat” or “2026-12-24 to 2026-12-26”';

/** Blackout windows as text, a line each, in the words of the ledger. */
export function blackoutText(windows: readonly Blackout[]): string {
  return windows.map(describeBlackout).join('\n');
}

/** The windows that the text describes, and the number of the first line that describes none. */
export function blackoutsOf(text: string): {
  readonly windows: Blackout[];
  readonly wrongLine: number | null;
} {
  const windows: Blackout[] = [];
  let wrongLine: number | null = null;
  for (const line of textLinesOf(text)) {
    const parsed = blackout.safeParse(windowOf(line.text));
    if (parsed.success) windows.push(parsed.data);
    else wrongLine ??= line.number;
  }
  return { windows, wrongLine };
}

function windowOf(line: string): unknown {
  const match = WINDOW.exec(line);
  if (match === null) return null;
  const [, from = '', to = '', days] = match;
  if (DATE.test(from)) return days === undefined ? { fromDate: from, toDate: to } : null;
  if (days === undefined) return { from, to };
  return { from, to, days: days.toLowerCase().split(/[\s,]+/) };
}
