import {
  assertCampaignExists,
  assertScheduleKnown,
  listSchedules,
  listTenantSchedules,
  listTicks,
  readSchedule,
  type Tx,
} from '@outrider/db';
import {
  backfillSchedule,
  changeSchedule,
  createSchedule,
  deleteSchedule,
  pauseSchedule,
  restoreSchedule,
  resumeSchedule,
  runScheduleNow,
} from '@outrider/orchestrator';
import { OutriderError, type Schedule, type ScheduleTick } from '@outrider/shared';
import type { AuditNote, Handlers } from '../app/route-request.js';
import { previewSchedule } from './preview-schedule.js';
import { calendarOf, readCalendarRecords } from './read-calendar.js';

/** Schedules of campaigns, and the ledger of their ticks. */
export const scheduleHandlers = {
  listAllSchedules: (request) => {
    const { limit } = request.query;
    return request.readList((tx, after) => listTenantSchedules(tx, { limit, after }));
  },
  readCalendar: async (request) => ({
    body: await calendarOf(await request.read((tx) => readCalendarRecords(tx, request.query))),
  }),
  listSchedules: (request) => {
    const { limit, status, deleted } = request.query;
    const campaignId = request.params.id;
    return request.readList(async (tx, after) => {
      await assertCampaignExists(tx, campaignId);
      return listSchedules(tx, { campaignId, limit, after, status, deleted });
    });
  },
  createSchedule: (request) =>
    request.write(async (tx) => {
      const { tenantId } = request.caller;
      return written(
        'create',
        await createSchedule(tx, { tenantId, campaignId: request.params.id, config: request.body }),
      );
    }),
  getSchedule: async (request) => ({ body: await request.read((tx) => readSchedule(tx, request.params.id)) }),
  updateSchedule: (request) =>
    request.write(async (tx) => {
      const changed = await changeSchedule(tx, request.params.id, request.body);
      return written('update', changed, { fields: Object.keys(request.body) });
    }),
  deleteSchedule: (request) =>
    request.write(async (tx) => {
      const { id } = request.params;
      await deleteSchedule(tx, id);
      return { reply: { body: null }, audit: noteOf('delete', id) };
    }),
  restoreSchedule: (request) =>
    request.write(async (tx) => written('restore', await restoreSchedule(tx, request.params.id))),
  pauseSchedule: (request) =>
    request.write(async (tx) => written('pause', await pauseSchedule(tx, request.params.id))),
  resumeSchedule: (request) =>
    request.write(async (tx) => written('resume', await resumeSchedule(tx, request.params.id))),
  listTicks: (request) => {
    const { limit, outcome, since, until } = request.query;
    const scheduleId = request.params.id;
    return request.readList(async (tx, after) => {
      await assertScheduleKnown(tx, scheduleId);
      return listTicks(tx, { scheduleId, limit, after, outcome, since, until });
    });
  },
  previewSchedule,
  runSchedule: (request) => {
    const { caller, services } = request;
    const { laneQueue, crashAt, logger } = services;
    const scheduleId = request.params.id;
    return request.command(
      (database) =>
        runScheduleNow({ database, laneQueue, crashAt, logger }, { tenantId: caller.tenantId, scheduleId }),
      async (tx) => {
        const tick = await readNewestTick(tx, scheduleId);
        const { outcome, executionId } = tick;
        return { reply: { body: tick }, audit: noteOf('run', scheduleId, { outcome, executionId }) };
      },
    );
  },
  backfillSchedule: (request) =>
    request.write(async (tx) => {
      const { from, to, max } = request.body;
      const scheduleId = request.params.id;
      const range = { from: Date.parse(from), to: Date.parse(to), max };
      const { waiting, alreadyStarted } = await backfillSchedule(tx, scheduleId, range);
      const chosen = new Set(waiting.map((at) => new Date(at).toISOString()));
      const { items } = await listTicks(tx, {
        scheduleId,
        limit: 1_000,
        after: null,
        since: from,
        until: to,
      });
      const ticks = items.filter(({ scheduledFor }) => chosen.has(scheduledFor)).reverse();
      const audit = noteOf('backfill', scheduleId, { from, to, ticks: ticks.length });
      return { reply: { body: { ticks, alreadyStarted } }, audit };
    }),
} as const satisfies Partial<Handlers>;

/** The tick of a run that was asked for: none is planned later than now. */
async function readNewestTick(tx: Tx, scheduleId: string): Promise<ScheduleTick> {
  const { items } = await listTicks(tx, { scheduleId, limit: 1, after: null, kind: 'manual' });
  const [tick] = items;
  if (tick === undefined) throw new OutriderError('not_found', 'The schedule has not run.');
  return tick;
}

function written(
  action: string,
  schedule: Schedule,
  detail?: Readonly<Record<string, unknown>>,
): { reply: { body: Schedule }; audit: AuditNote } {
  return {
    reply: { body: schedule },
    audit: noteOf(action, schedule.id, { campaignId: schedule.campaignId, ...detail }),
  };
}

function noteOf(
  action: string,
  scheduleId: string,
  detail: Readonly<Record<string, unknown>> = {},
): AuditNote {
  return { action: `schedule.${action}`, subjectType: 'schedule', subjectId: scheduleId, detail };
}
