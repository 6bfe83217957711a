/** What became of a planned start, with what each means. */
export const TICK_OUTCOMES = {
  started: 'an execution was started',
  buffered: 'it waits until the campaign is free, and is started then',
  skipped_overlap: 'another execution of the campaign had not ended, or a start waited for that already',
  skipped_blackout: 'it fell into a blackout window of the schedule',
  skipped_paused: 'the schedule was paused',
  skipped_deleted: 'the schedule was deleted before it could start',
  missed: 'no orchestrator was there in time, and the catch-up policy does not make up for it',
  failed: 'the execution could not be started',
} as const;
export type TickOutcome = keyof typeof TICK_OUTCOMES;
export const TICK_OUTCOME_NAMES = Object.keys(TICK_OUTCOMES) as [TickOutcome, ...TickOutcome[]];

/** Why a tick had that outcome, with what each means. */
export const TICK_REASONS = {
  on_time: 'at the planned time',
  caught_up: 'late, by the catch-up policy',
  after_overlap: 'once the execution before it had ended',
  run_now: 'asked for by hand',
  backfilled: 'asked for as part of a backfill',
  still_running: 'another execution of the campaign had not ended (overlap `skip`)',
  cancelling_running: 'the running execution is being cancelled for it (overlap `cancel_running`)',
  buffer_full: 'another start waits already for the campaign to be free',
  blackout: 'a blackout window covers it',
  paused_by_user: 'the schedule was paused by hand',
  paused_after_failures: 'the schedule was paused after too many failures in a row',
  schedule_deleted: 'the schedule was deleted',
  catch_up_none: 'it was late, and catch-up is `none`',
  catch_up_one: 'it was late, and a later tick stands for it (catch-up `one`)',
  catch_up_max: 'it was late, and newer ticks fill the `max` of catch-up `all`',
  catch_up_window: 'it was later than the catch-up window',
  start_refused: 'the campaign could not be started; the detail says why',
  internal_error: 'something broke on our side while it was started',
} as const;
export type TickReason = keyof typeof TICK_REASONS;
export const TICK_REASON_NAMES = Object.keys(TICK_REASONS) as [TickReason, ...TickReason[]];

/** How a tick came to be. */
export const TICK_KINDS = ['planned', 'manual', 'backfill'] as const;
export type TickKind = (typeof TICK_KINDS)[number];

export const SCHEDULE_STATES = ['active', 'paused', 'finished'] as const;
export type ScheduleState = (typeof SCHEDULE_STATES)[number];

/** Why no tick follows any more, with what that means. */
export const SCHEDULE_ENDS = {
  end_date: 'its end date is reached',
  run_limit: 'it has then started as many executions as it may',
  no_more_ticks: 'its expression names no time after that',
} as const;
export type ScheduleEnd = keyof typeof SCHEDULE_ENDS;
export const SCHEDULE_END_NAMES = Object.keys(SCHEDULE_ENDS) as [ScheduleEnd, ...ScheduleEnd[]];

/** Why a schedule is paused or finished. */
export const SCHEDULE_STATE_REASONS = [
  'paused_by_user',
  'paused_after_failures',
  ...SCHEDULE_END_NAMES,
] as const;
export type ScheduleStateReason = (typeof SCHEDULE_STATE_REASONS)[number];
