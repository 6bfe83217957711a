import {
  type CATCH_UP_MODES,
  type OverlapPolicy,
  type ScheduleConfig,
  type ScheduleCreateInput,
  scheduleConfig,
} from '@outrider/shared/contract';
import { BLACKOUT_FORM, blackoutsOf, blackoutText } from './blackout-lines.js';

/** What the form of a schedule holds. */
export interface ScheduleValues {
  readonly name: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly overlap: OverlapPolicy;
  readonly catchUpMode: (typeof CATCH_UP_MODES)[number];
  readonly catchUpWindowSeconds: number;
  readonly jitterSeconds: number;
  /** 0: never. */
  readonly pauseAfterFailures: number;
  /** Windows of time, a line each. */
  readonly blackouts: string;
  /** ISO 8601; empty for none. */
  readonly startsAt: string;
  readonly endsAt: string;
  /** 0: no limit. */
  readonly maxRuns: number;
}

/** The form of a new schedule: every day at three, when sites are quiet. */
export function newScheduleValues(timeZone: string): ScheduleValues {
  const { overlap, catchUp, jitterSeconds } = scheduleConfig.parse({ name: 'x', cron: '0 3 * * *' });
  return {
    name: 'Every night',
    cron: '0 3 * * *',
    timeZone,
    overlap,
    catchUpMode: catchUp.mode,
    catchUpWindowSeconds: catchUp.windowSeconds,
    jitterSeconds,
    pauseAfterFailures: 0,
    ...{ blackouts: '', startsAt: '', endsAt: '', maxRuns: 0 },
  };
}

/** The form of a schedule that there is. */
export function valuesOf(schedule: ScheduleConfig): ScheduleValues {
  const { name, cron, timeZone, overlap, catchUp, jitterSeconds, pauseAfterFailures } = schedule;
  return {
    ...{ name, cron, timeZone, overlap, jitterSeconds },
    catchUpMode: catchUp.mode,
    catchUpWindowSeconds: catchUp.windowSeconds,
    pauseAfterFailures: pauseAfterFailures ?? 0,
    blackouts: blackoutText(schedule.blackouts),
    startsAt: schedule.startsAt ?? '',
    endsAt: schedule.endsAt ?? '',
    maxRuns: schedule.maxRuns ?? 0,
  };
}

/** What the form asks for; as a change it leaves what it does not know as it is. */
export function requestOf(values: ScheduleValues) {
  const { name, cron, timeZone, overlap, jitterSeconds } = values;
  return {
    ...{ name, cron, timeZone, overlap, jitterSeconds },
    catchUp: { mode: values.catchUpMode, windowSeconds: values.catchUpWindowSeconds },
    pauseAfterFailures: values.pauseAfterFailures === 0 ? null : values.pauseAfterFailures,
    blackouts: blackoutsOf(values.blackouts).windows,
    startsAt: values.startsAt === '' ? null : values.startsAt,
    endsAt: values.endsAt === '' ? null : values.endsAt,
    maxRuns: values.maxRuns === 0 ? null : values.maxRuns,
  } satisfies ScheduleCreateInput;
}

/** Field of the form for a path of the API's body. */
function fieldOf(path: readonly PropertyKey[]): keyof ScheduleValues {
  const [first, second] = path.map(String);
  if (first !== 'catchUp') return first as keyof ScheduleValues;
  return second === 'windowSeconds' ? 'catchUpWindowSeconds' : 'catchUpMode';
}

export type ScheduleErrors = Partial<Record<keyof ScheduleValues, string>>;

/** What is wrong with the form, by the schema that the API holds it against. */
export function errorsOf(values: ScheduleValues): ScheduleErrors {
  const parsed = scheduleConfig.safeParse(requestOf(values));
  const errors: ScheduleErrors = {};
  for (const { path, message } of parsed.error?.issues ?? []) errors[fieldOf(path)] ??= message;
  const { wrongLine } = blackoutsOf(values.blackouts);
  if (wrongLine !== null) errors.blackouts = `Line ${wrongLine}: write it as ${BLACKOUT_FORM}`;
  return errors;
}
