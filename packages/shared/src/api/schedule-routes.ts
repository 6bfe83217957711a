import { z } from 'zod';
import { SCHEDULE_LIMITS, schedulePatch, timeZoneName } from '../schedule/schedule-config.js';
import { SCHEDULE_STATES, TICK_OUTCOME_NAMES } from '../schedule/tick-outcomes.js';
import * as c from './calendar-resources.js';
import { listOf } from './resources.js';
import { campaignParams, flag, id, paging, type RouteTable, time } from './route.js';
import * as s from './schedule-resources.js';

const scheduleParams = z.strictObject({ id });

const calendarQuery = z
  .strictObject({
    from: z.iso.date(),
    /** The last day, shown too. */
    to: z.iso.date(),
    timeZone: timeZoneName.default('UTC'),
  })
  .superRefine(({ from, to }, context) => {
    const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
    if (days >= 1 && days <= c.CALENDAR_LIMITS.days) return;
    const message = days < 1 ? 'it lies before `from`' : `at most ${c.CALENDAR_LIMITS.days} days`;
    context.addIssue({ code: 'custom', path: ['to'], message });
  });

/** Schedules of campaigns, and what became of their ticks. */
export const SCHEDULE_ROUTES = {
  listAllSchedules: {
    method: 'get',
    path: '/schedules',
    scope: 'viewer',
    summary: 'List the schedules of all campaigns, oldest first, each with the name of its campaign',
    query: z.strictObject(paging),
    status: 200,
    response: listOf(c.listedSchedule),
  },
  readCalendar: {
    method: 'get',
    path: '/schedule-calendar',
    scope: 'viewer',
    summary:
      'The ticks of all schedules by days of a time zone: what became of those that were, and when the next ones are planned',
    query: calendarQuery,
    status: 200,
    response: c.scheduleCalendar,
  },
  listSchedules: {
    method: 'get',
    path: '/campaigns/:id/schedules',
    scope: 'viewer',
    summary: 'List the schedules of a campaign',
    params: campaignParams,
    query: z.strictObject({
      ...paging,
      status: z.enum(SCHEDULE_STATES).optional(),
      /** Those that were deleted, in place of those that are there. */
      deleted: flag.optional(),
    }),
    status: 200,
    response: listOf(s.schedule),
  },
  createSchedule: {
    method: 'post',
    path: '/campaigns/:id/schedules',
    scope: 'operator',
    summary: 'Create a schedule: cron of five fields in an IANA time zone',
    params: campaignParams,
    body: s.scheduleCreate,
    status: 201,
    response: s.schedule,
  },
  getSchedule: {
    method: 'get',
    path: '/schedules/:id',
    scope: 'viewer',
    summary: 'Read a schedule',
    params: scheduleParams,
    status: 200,
    response: s.schedule,
  },
  updateSchedule: {
    method: 'patch',
    path: '/schedules/:id',
    scope: 'operator',
    summary: 'Change a schedule; a tick that is due already is still started once',
    params: scheduleParams,
    body: schedulePatch,
    status: 200,
    response: s.schedule,
  },
  deleteSchedule: {
    method: 'delete',
    path: '/schedules/:id',
    scope: 'operator',
    summary:
      'Delete a schedule; its ticks stay readable, an execution it started goes on, and it can be restored',
    params: scheduleParams,
    status: 204,
    response: null,
  },
  restoreSchedule: {
    method: 'post',
    path: '/schedules/:id/restore',
    scope: 'operator',
    summary: 'Undo the deletion of a schedule: it goes on with its next tick',
    params: scheduleParams,
    status: 200,
    response: s.schedule,
  },
  pauseSchedule: {
    method: 'post',
    path: '/schedules/:id/pause',
    scope: 'operator',
    summary: 'Pause a schedule: its ticks are noted as skipped',
    params: scheduleParams,
    status: 200,
    response: s.schedule,
  },
  resumeSchedule: {
    method: 'post',
    path: '/schedules/:id/resume',
    scope: 'operator',
    summary: 'Resume a paused schedule, from its next tick on',
    params: scheduleParams,
    status: 200,
    response: s.schedule,
  },
  listTicks: {
    method: 'get',
    path: '/schedules/:id/ticks',
    scope: 'viewer',
    summary:
      'List the ticks of a schedule, newest first: planned and actual time, outcome and reason of each',
    params: scheduleParams,
    query: z.strictObject({
      ...paging,
      outcome: z.enum(TICK_OUTCOME_NAMES).optional(),
      since: time.optional(),
      until: time.optional(),
    }),
    status: 200,
    response: listOf(s.scheduleTick),
  },
  previewSchedule: {
    method: 'get',
    path: '/schedules/:id/preview',
    scope: 'viewer',
    summary: 'The next ticks in local time and UTC, and which rule applies where clocks change',
    params: scheduleParams,
    query: z.strictObject({
      count: z.coerce.number().int().min(1).max(SCHEDULE_LIMITS.previewTicks).default(10),
      /** Ticks after this moment; now unless named. */
      from: time.optional(),
    }),
    status: 200,
    response: s.schedulePreview,
  },
  runSchedule: {
    method: 'post',
    path: '/schedules/:id/run',
    scope: 'operator',
    summary: 'Run a schedule now, by its overlap policy',
    params: scheduleParams,
    status: 202,
    response: s.scheduleTick,
  },
  backfillSchedule: {
    method: 'post',
    path: '/schedules/:id/backfill',
    scope: 'operator',
    summary: 'Start the ticks of a past range that have not started',
    params: scheduleParams,
    body: s.scheduleBackfill,
    status: 202,
    response: s.scheduleBackfilled,
  },
} as const satisfies RouteTable;
