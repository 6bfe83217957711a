import { z } from 'zod';
import { OutriderError } from '../errors/error-catalogue.js';
import { blackout } from './blackouts.js';
import { CRON_LENGTH, parseCron } from './cron-pattern.js';
import { timeZoneProblem } from './nearest-time-zone.js';
import { isTimeZone } from './time-zone.js';

/** What is done when a tick comes while an execution of its campaign has not ended. */
export const OVERLAP_POLICIES = ['skip', 'buffer_one', 'cancel_running', 'allow'] as const;
export type OverlapPolicy = (typeof OVERLAP_POLICIES)[number];

/** What is done about ticks that no orchestrator was there for. */
export const CATCH_UP_MODES = ['none', 'one', 'all'] as const;

export const SCHEDULE_LIMITS = {
  schedulesPerCampaign: 100,
  catchUpMax: 100,
  catchUpWindowSeconds: 31 * 86_400,
  jitterSeconds: 3_600,
  blackouts: 50,
  backfillTicks: 100,
  backfillDays: 366,
  previewTicks: 200,
} as const;

const cron = z
  .string()
  .min(1)
  .max(CRON_LENGTH)
  .superRefine((expression, context) => {
    const parsed = parseCron(expression);
    if (!parsed.ok) context.addIssue({ code: 'custom', message: `not a cron expression: ${parsed.problem}` });
  });

/** The name of an IANA time zone; an unknown one is told which it was probably meant to be. */
export const timeZoneName = z.string().superRefine((name, context) => {
  if (!isTimeZone(name)) context.addIssue({ code: 'custom', message: timeZoneProblem(name) });
});

export const catchUp = z
  .strictObject({
    mode: z.enum(CATCH_UP_MODES).default('one'),
    /** How many `all` starts at most: the newest, one after another. */
    max: z.int().min(1).max(SCHEDULE_LIMITS.catchUpMax).default(1),
    /** A tick later than this is missed for good. */
    windowSeconds: z.int().min(0).max(SCHEDULE_LIMITS.catchUpWindowSeconds).default(3_600),
  })
  .meta({ id: 'CatchUp' });
export type CatchUp = z.infer<typeof catchUp>;

const moment = z.iso.datetime({ offset: true }).nullable();

/** When a campaign runs by itself, and what is done when that is not possible. */
export const scheduleConfig = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    cron,
    timeZone: timeZoneName.default('UTC'),
    overlap: z.enum(OVERLAP_POLICIES).default('skip'),
    catchUp: catchUp.prefault({}),
    /** Ticks are put off by up to this long, and at most until the next tick, each by an amount of its own that does not change. */
    jitterSeconds: z.int().min(0).max(SCHEDULE_LIMITS.jitterSeconds).default(0),
    blackouts: z.array(blackout).max(SCHEDULE_LIMITS.blackouts).default([]),
    /** Failures in a row after which it pauses itself; null: never. */
    pauseAfterFailures: z.int().min(1).max(1_000).nullable().default(null),
    /** No tick before this moment. */
    startsAt: moment.default(null),
    /** No tick at or after this moment. */
    endsAt: moment.default(null),
    /** Executions after which it is finished; null: no limit. */
    maxRuns: z.int().min(1).max(1_000_000_000).nullable().default(null),
  })
  .refine(
    ({ startsAt, endsAt }) =>
      startsAt === null || endsAt === null || Date.parse(startsAt) < Date.parse(endsAt),
    { path: ['endsAt'], message: 'it must lie after `startsAt`' },
  );
export type ScheduleConfig = z.infer<typeof scheduleConfig>;

/** A change of a schedule: what is left out stays as it is. */
export const schedulePatch = z
  .strictObject({
    name: scheduleConfig.shape.name.optional(),
    cron: cron.optional(),
    timeZone: timeZoneName.optional(),
    overlap: z.enum(OVERLAP_POLICIES).optional(),
    catchUp: z
      .strictObject({
        mode: catchUp.shape.mode.unwrap().optional(),
        max: catchUp.shape.max.unwrap().optional(),
        windowSeconds: catchUp.shape.windowSeconds.unwrap().optional(),
      })
      .optional(),
    jitterSeconds: scheduleConfig.shape.jitterSeconds.unwrap().optional(),
    blackouts: scheduleConfig.shape.blackouts.unwrap().optional(),
    pauseAfterFailures: scheduleConfig.shape.pauseAfterFailures.unwrap().optional(),
    startsAt: moment.optional(),
    endsAt: moment.optional(),
    maxRuns: scheduleConfig.shape.maxRuns.unwrap().optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, 'name at least one field to change')
  .meta({ id: 'SchedulePatch' });
export type SchedulePatch = z.infer<typeof schedulePatch>;

/** The configuration with the patch laid over it; pure. Throws `validation_failed` when the two do not go together. */
export function patchSchedule(config: ScheduleConfig, patch: SchedulePatch): ScheduleConfig {
  const { catchUp: catching, ...plain } = patch;
  const patched = scheduleConfig.safeParse({
    ...config,
    ...given(plain),
    catchUp: { ...config.catchUp, ...given(catching ?? {}) },
  });
  if (patched.success) return patched.data;
  const fields = patched.error.issues.map(({ path, code, message }) => ({
    path: path.join('.'),
    code,
    message,
  }));
  throw new OutriderError('validation_failed', 'The schedule would not be valid: see fields.', { fields });
}

function given(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
