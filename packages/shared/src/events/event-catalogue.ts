import { z } from 'zod';
import { coverageTotals } from '../execution/coverage.js';
import { END_REASONS, EXECUTION_STATES, EXECUTION_TYPES } from '../execution/execution-states.js';
import { OPERATION_CAUSES, OPERATION_KIND_NAMES } from '../execution/operations.js';
import { STALL_CAUSE_NAMES, STALL_REPAIR_NAMES } from '../execution/stall-causes.js';
import {
  SCHEDULE_STATE_REASONS,
  TICK_KINDS,
  TICK_OUTCOME_NAMES,
  TICK_REASON_NAMES,
} from '../schedule/tick-outcomes.js';

const id = z.uuid();
const schedule = { scheduleId: id, name: z.string() };

/** Every event of `event_stream`: when it is written and what it carries. Tested against `docs/events.md` both ways. */
export const EVENTS = {
  'campaign.created': {
    when: 'a campaign was created',
    payload: z.strictObject({ name: z.string(), configRevision: z.int() }),
  },
  'campaign.updated': {
    when: "a campaign's name or configuration was changed",
    payload: z.strictObject({ name: z.string(), configRevision: z.int() }),
  },
  'campaign.deleted': {
    when: 'a campaign was deleted; for a day it can be restored',
    payload: z.strictObject({ name: z.string() }),
  },
  'campaign.restored': {
    when: 'the deletion of a campaign was undone',
    payload: z.strictObject({ name: z.string() }),
  },
  'execution.queued': {
    when: 'an execution was created and waits for a worker',
    payload: z.strictObject({ number: z.int(), executionType: z.enum(EXECUTION_TYPES), seeds: z.int() }),
  },
  'execution.state_changed': {
    when: 'an execution moved from one state to another that is not terminal',
    payload: z.strictObject({ from: z.enum(EXECUTION_STATES), to: z.enum(EXECUTION_STATES), by: z.string() }),
  },
  'execution.ordered': {
    when: 'somebody, or a limit, asked for an execution to pause, go on, stop or be cancelled',
    payload: z.strictObject({
      operationId: id,
      kind: z.enum(OPERATION_KIND_NAMES),
      cause: z.enum(OPERATION_CAUSES),
      by: z.string(),
      reason: z.string().nullable(),
    }),
  },
  'execution.ended': {
    when: 'an execution reached a terminal state',
    payload: z.strictObject({
      from: z.enum(EXECUTION_STATES),
      to: z.enum(EXECUTION_STATES),
      endReason: z.enum(END_REASONS),
      coverage: coverageTotals,
    }),
  },
  'execution.progress': {
    when: 'the counters of a running execution moved; at most ten a second per campaign',
    payload: z.strictObject({ coverage: coverageTotals, errors: z.int() }),
  },
  'execution.milestone': {
    when: 'an execution has fetched 1, 100, 1,000, 10,000, 100,000 … pages',
    payload: z.strictObject({ pages: z.int(), coverage: coverageTotals }),
  },
  'execution.error_burst': {
    when: 'within seconds an execution met many errors, and half of its pages or more were errors; at most every ten seconds',
    payload: z.strictObject({ errors: z.int(), pages: z.int(), seconds: z.number() }),
  },
  'execution.stalled': {
    when: 'an execution got nothing done for too long, or the cause of its stall is another one now',
    payload: z.strictObject({
      cause: z.enum(STALL_CAUSE_NAMES),
      diagnosis: z.record(z.string(), z.unknown()),
      repairs: z.array(z.enum(STALL_REPAIR_NAMES)),
    }),
  },
  'execution.recovered': {
    when: 'a stalled execution moves again',
    payload: z.strictObject({ cause: z.enum(STALL_CAUSE_NAMES), stalledSeconds: z.number() }),
  },
  'url.quarantined': {
    when: 'a URL was given up because three workers died while they held it',
    payload: z.strictObject({ url: z.string(), urlKey: z.guid(), losses: z.int() }),
  },
  'url.retried': {
    when: 'a quarantined URL is to be tried again',
    payload: z.strictObject({ url: z.string(), urlKey: z.guid(), retryExecutionId: id, by: z.string() }),
  },
  'schedule.created': {
    when: 'a schedule was created',
    payload: z.strictObject({ ...schedule, nextTickAt: z.string().nullable() }),
  },
  'schedule.updated': {
    when: 'a schedule was changed',
    payload: z.strictObject({ ...schedule, fields: z.array(z.string()), nextTickAt: z.string().nullable() }),
  },
  'schedule.deleted': {
    when: 'a schedule was deleted',
    payload: z.strictObject(schedule),
  },
  'schedule.restored': {
    when: 'the deletion of a schedule was undone',
    payload: z.strictObject({ ...schedule, nextTickAt: z.string().nullable() }),
  },
  'schedule.paused': {
    when: 'a schedule was paused, by hand or by its own failures',
    payload: z.strictObject({ ...schedule, reason: z.enum(SCHEDULE_STATE_REASONS) }),
  },
  'schedule.resumed': {
    when: 'a paused schedule was resumed',
    payload: z.strictObject({ ...schedule, nextTickAt: z.string().nullable() }),
  },
  'schedule.finished': {
    when: 'a schedule has no tick left to start',
    payload: z.strictObject({ ...schedule, reason: z.enum(SCHEDULE_STATE_REASONS) }),
  },
  'schedule.ticked': {
    when: 'a tick of a schedule got its outcome, or another one later',
    payload: z.strictObject({
      ...schedule,
      scheduledFor: z.string(),
      kind: z.enum(TICK_KINDS),
      outcome: z.enum(TICK_OUTCOME_NAMES),
      reason: z.enum(TICK_REASON_NAMES),
    }),
  },
  'schedule.ticks_missed': {
    when: 'ticks of a schedule were noted as missed, from the first to the last',
    payload: z.strictObject({ ...schedule, count: z.int(), first: z.string(), last: z.string() }),
  },
  'lane.leased': {
    when: 'a worker took a lane',
    payload: z.strictObject({ laneId: id, instanceId: id, epoch: z.int() }),
  },
  'lane.released': {
    when: 'a worker gave a lane back',
    payload: z.strictObject({ laneId: id, instanceId: id, epoch: z.int(), reason: z.string() }),
  },
  'lane.lost': {
    when: 'the reconciler took a lane from a worker whose lease had lapsed; its leased URLs are pending again',
    payload: z.strictObject({
      laneId: id,
      instanceId: id.nullable(),
      epoch: z.int(),
      targetsReturned: z.int(),
    }),
  },
  'lane.redispatched': {
    when: 'the reconciler offered a lane again because no worker had taken it',
    payload: z.strictObject({ laneId: id, epoch: z.int() }),
  },
  'worker.lost': {
    when: 'a worker that had lanes of the execution has been silent for three leases, and counts as gone',
    payload: z.strictObject({ instanceId: id, host: z.string(), silentSeconds: z.number() }),
  },
  'host.frozen': {
    when: 'a host that the campaign is crawling was frozen for all campaigns',
    payload: z.strictObject({ host: z.string(), reason: z.string(), until: z.string().nullable() }),
  },
  'host.released': {
    when: 'a frozen host that the campaign is crawling was released',
    payload: z.strictObject({ host: z.string() }),
  },
  'scope.rules_changed': {
    when: 'scope.allow or scope.deny of the campaign changed while the execution ran, and holds for it from then on',
    payload: z.strictObject({
      revision: z.int(),
      allow: z.array(z.string()),
      deny: z.array(z.string()),
    }),
  },
  'scope.rules_applied': {
    when: 'every URL that was pending when the rules changed has been held against them',
    payload: z.strictObject({ revision: z.int(), skipped: z.int() }),
  },
  'scope.host_added': {
    when: 'a seed redirected to another host, which is in scope from then on',
    payload: z.strictObject({ host: z.string(), seedUrl: z.string() }),
  },
} as const;
export type EventType = keyof typeof EVENTS;
export type EventPayload<T extends EventType> = z.infer<(typeof EVENTS)[T]['payload']>;
