import { z } from 'zod';
import { campaignConfig } from '../campaign/campaign-config.js';
import {
  GRACE_SECONDS,
  OPERATION_CAUSES,
  OPERATION_KIND_NAMES,
  OPERATION_STATE_NAMES,
} from '../execution/operations.js';
import { count, time } from './fields.js';
import { execution } from './resources.js';

// What is asked of executions, and the configurations they run by.

const reason = z.string().max(500).optional();

export const orderRequest = z.strictObject({ reason }).meta({ id: 'Order' });
/** Of pause and stop: fetches still in flight after `graceSeconds` are cut off, and their URLs are as if never tried. */
export const graceRequest = z
  .strictObject({
    reason,
    graceSeconds: z.int().min(0).max(GRACE_SECONDS.most).default(GRACE_SECONDS.fallback),
  })
  .meta({ id: 'OrderWithGrace' });

const operationLane = z.strictObject({
  laneId: z.uuid(),
  laneNumber: z.int(),
  /** The worker that held it. */
  instanceId: z.uuid().nullable(),
  /** When the worker heard; null while it has not. */
  acknowledgedAt: time.nullable(),
  /** Fetches in flight when it heard, and last. */
  inFlightThen: count.nullable(),
  inFlight: count.nullable(),
  /** When it had done what was asked. */
  finishedAt: time.nullable(),
});

export const operation = z
  .strictObject({
    id: z.uuid(),
    executionId: z.uuid(),
    campaignId: z.uuid(),
    kind: z.enum(OPERATION_KIND_NAMES),
    state: z.enum(OPERATION_STATE_NAMES),
    cause: z.enum(OPERATION_CAUSES),
    askedBy: z.string(),
    reason: z.string().nullable(),
    askedAt: time,
    graceSeconds: z.number(),
    doneAt: time.nullable(),
    /** Seconds from the asking until it was done, or until now. */
    secondsTaken: z.number(),
    /** By what the workers said last; null before the first has. */
    fetchesInFlight: count.nullable(),
    lanes: z.array(operationLane),
  })
  .meta({ id: 'Operation' });
export type Operation = z.infer<typeof operation>;

export const operationAccepted = z
  .strictObject({
    operation,
    execution,
    /** Of every execution that it was asked of, youngest first: `operation`, and those of others of the campaign. */
    operations: z.array(operation),
  })
  .meta({ id: 'OperationAccepted' });

/** A value that differs between two configurations. `path` is dotted; a side that has no such value is null. */
export const configChange = z
  .strictObject({ path: z.string(), before: z.unknown(), after: z.unknown() })
  .meta({ id: 'ConfigChange' });
export type ConfigChange = z.infer<typeof configChange>;

export const configRevision = z
  .strictObject({
    campaignId: z.uuid(),
    revision: z.int(),
    createdAt: time,
    /** The key that made it; null where it is not known. */
    createdBy: z.uuid().nullable(),
    /** Its name. */
    createdByName: z.string().nullable(),
    config: campaignConfig,
  })
  .meta({ id: 'ConfigRevision' });
export type ConfigRevision = z.infer<typeof configRevision>;

export const configRevisionDetail = z
  .strictObject({
    ...configRevision.shape,
    /** What changed since the revision it was compared with; null where none was named. */
    changes: z.array(configChange).nullable(),
  })
  .meta({ id: 'ConfigRevisionDetail' });
