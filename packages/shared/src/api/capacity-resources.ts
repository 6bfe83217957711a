import { z } from 'zod';
import { LANE_CLASSES } from '../capacity/lane-classes.js';
import { WAITING_REASON_NAMES } from '../execution/waiting-reasons.js';
import { count, time } from './fields.js';

// Who waits for workers, and what a tenant may use of them.

/** The wait of an execution for its first or its next lane. */
export const queuePlace = z
  .strictObject({
    /** The execution's `waitingReason`. */
    reason: z.enum(WAITING_REASON_NAMES),
    /** 1 for the execution that comes next among those that wait for the same. */
    position: z.int().min(1),
    /** By how fast lanes came free lately; null when nobody can know, since no worker could take it. */
    estimatedSeconds: count.nullable(),
    waitingSince: time,
    lanesWaiting: count,
  })
  .meta({ id: 'QueuePlace' });
export type QueuePlace = z.infer<typeof queuePlace>;

export const waitingExecution = z
  .strictObject({
    executionId: z.uuid(),
    campaignId: z.uuid(),
    campaignName: z.string(),
    number: z.int(),
    priority: z.enum(LANE_CLASSES),
    /** `running` for one that had to give its lanes back, or that waits for its quota of pages. */
    status: z.enum(['queued', 'running']),
    ...queuePlace.shape,
  })
  .meta({ id: 'WaitingExecution' });
export type WaitingExecution = z.infer<typeof waitingExecution>;

const most = z.int().min(0).max(2_000_000_000);

/** Whose data is whose. Names are unique. */
export const tenant = z
  .strictObject({ id: z.uuid(), name: z.string(), createdAt: time })
  .meta({ id: 'Tenant' });
export type Tenant = z.infer<typeof tenant>;

/** What a tenant may use, null for no limit, and what it uses now. */
export const tenantQuotas = z
  .strictObject({
    tenantId: z.uuid(),
    name: z.string(),
    maxRunningExecutions: most.nullable(),
    /** Pages with an HTTP answer per day of UTC. */
    maxPagesPerDay: most.nullable(),
    /** Started and not ended, paused ones too. */
    runningExecutions: count,
    /** Pages with an HTTP answer since midnight (UTC), with or without a quota. */
    pagesToday: count,
  })
  .meta({ id: 'TenantQuotas' });
export type TenantQuotas = z.infer<typeof tenantQuotas>;

export const tenantQuotasPatch = z
  .strictObject({
    maxRunningExecutions: most.nullable().optional(),
    maxPagesPerDay: most.nullable().optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, 'name at least one limit to change')
  .meta({ id: 'TenantQuotasPatch' });
