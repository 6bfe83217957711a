import { Cron } from 'croner';

/** Moments that a cron expression names, on a calendar without a time zone: "wall" times are milliseconds as if in UTC. */
export interface CronPattern {
  /** The first wall time after this one that the expression names; null when there is none. */
  next(afterWallMs: number): number | null;
  /** Whether the expression names every hour of the day: it then means "every so often", not "at this time". */
  readonly everyHour: boolean;
}

export type ParsedCron =
  | { readonly ok: true; readonly pattern: CronPattern }
  | { readonly ok: false; readonly problem: string };

export const CRON_LENGTH = 200;

/** The named expressions of crontab(5), without `@reboot`. */
const ALIASES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const EVERY_HOUR = /^(\*|\*\/1|0-23)$/;
/** Any moment will do: an expression that names none within its calendar's 400 years names none at all. */
const SOME_MOMENT = Date.UTC(2026, 0, 1);

/**
 * Reads a cron expression: minute, hour, day of month, month, day of week (crontab(5); 0 and 7 are
 * Sunday), or a name such as `@daily`. A day matches when either of the two day fields does, if both
 * are restricted. Also taken: `L` (last day), `LW`, `15W`, `5L` (last Friday) and `5#2` (second Friday).
 *
 * The calendar is walked without a time zone; `tick-plan.ts` puts its times into one.
 */
export function parseCron(expression: string): ParsedCron {
  const text = expression.trim().toLowerCase();
  if (text.length > CRON_LENGTH) return refuse(`it is longer than ${CRON_LENGTH} characters`);
  const alias = ALIASES[text];
  if (alias === undefined && text.startsWith('@')) {
    return refuse(`there is no such name; there are ${Object.keys(ALIASES).join(', ')}`);
  }
  const fields = (alias ?? text).split(/\s+/);
  const wrongCount = countProblem(fields.length);
  if (wrongCount !== null) return refuse(wrongCount);
  return compile(fields);
}

function countProblem(count: number): string | null {
  if (count === 5) return null;
  if (count === 6) return 'it has six fields; seconds are not taken: write five, beginning with the minute';
  return 'it must have five fields: minute, hour, day of month, month, day of week';
}

function compile(fields: readonly string[]): ParsedCron {
  let cron: Cron;
  try {
    // The same calendar as `timezone: 'UTC'`, for which the library would ask Intl at every step: four times slower.
    cron = new Cron(fields.join(' '), { utcOffset: 0, mode: '5-part', paused: true });
  } catch (error) {
    return refuse(String(error instanceof Error ? error.message : error).replace(/^CronPattern: /, ''));
  }
  const next = (afterWallMs: number): number | null => cron.nextRun(new Date(afterWallMs))?.getTime() ?? null;
  if (next(SOME_MOMENT) === null) return refuse('no day of any year matches it');
  return { ok: true, pattern: { next, everyHour: EVERY_HOUR.test(fields[1] ?? '') } };
}

function refuse(problem: string): ParsedCron {
  return { ok: false, problem };
}
