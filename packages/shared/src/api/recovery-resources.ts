import { z } from 'zod';
import { STALL_CAUSE_NAMES, STALL_REPAIR_NAMES } from '../execution/stall-causes.js';
import { count, json, key, time } from './fields.js';

// What went wrong and was repaired, and who did what.

/** Why an execution does not move, and what was done about it. */
export const executionStall = z
  .strictObject({
    stalledAt: time,
    cause: z.enum(STALL_CAUSE_NAMES),
    /** What the cause was read from: the host and until when, the URL, the worker. */
    diagnosis: json,
    diagnosedAt: time,
    repairs: z.array(z.strictObject({ repair: z.enum(STALL_REPAIR_NAMES), at: time, detail: json })),
  })
  .meta({ id: 'ExecutionStall' });
export type ExecutionStall = z.infer<typeof executionStall>;

/** One death of a worker that held the URL: what was last known of it. */
export const quarantineEvidence = z
  .strictObject({
    lostAt: time,
    laneId: z.uuid(),
    epoch: z.int(),
    instanceId: z.uuid().nullable(),
    host: z.string().nullable(),
    pid: z.int().nullable(),
    version: z.string().nullable(),
    /** The signal or exit code, as the supervisor saw it; null when nobody did. */
    endedBy: z.string().nullable(),
    lastState: z.string().nullable(),
    memoryUsageMb: z.number().nullable(),
    cpuUsagePercent: z.number().nullable(),
    lastHeartbeatAt: time.nullable(),
    /** URLs in flight in that lane, this one among them. */
    inFlight: count,
  })
  .meta({ id: 'QuarantineEvidence' });

export const quarantinedUrl = z
  .strictObject({
    executionId: z.uuid(),
    url: z.string(),
    urlKey: key,
    host: z.string(),
    losses: count,
    quarantinedAt: time,
    evidence: z.array(quarantineEvidence),
    retriedAt: time.nullable(),
    retriedBy: z.string().nullable(),
    /** The execution that tries it again: the same one while it runs, one of its own afterwards. */
    retryExecutionId: z.uuid().nullable(),
  })
  .meta({ id: 'QuarantinedUrl' });
export type QuarantinedUrl = z.infer<typeof quarantinedUrl>;

export const quarantineRetried = z
  .strictObject({
    /** `same`: it is on the running execution's frontier again. `new`: an execution of this URL alone was started. */
    into: z.enum(['same', 'new']),
    executionId: z.uuid(),
  })
  .meta({ id: 'QuarantineRetried' });

export const auditEntry = z
  .strictObject({
    id: z.uuid(),
    occurredAt: time,
    apiKeyId: z.uuid().nullable(),
    apiKeyName: z.string().nullable(),
    action: z.string(),
    subjectType: z.string(),
    subjectId: z.string().nullable(),
    campaignId: z.uuid().nullable(),
    executionId: z.uuid().nullable(),
    remoteAddress: z.string().nullable(),
    userAgent: z.string().nullable(),
    requestId: z.string().nullable(),
    before: json.nullable(),
    after: json.nullable(),
    detail: json,
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof auditEntry>;
