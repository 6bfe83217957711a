import { z } from 'zod';
import { METRIC_RESOLUTIONS } from '../fleet/metric-resolutions.js';
import { count, json, time } from './fields.js';

// Workers, events and API keys.

export const instance = z
  .strictObject({
    id: z.uuid(),
    host: z.string(),
    pid: z.int(),
    version: z.string(),
    capabilities: z.array(z.string()),
    /** Why a worker that has a browser does not offer it at the moment; null for every other. */
    browserTrouble: z.string().nullable(),
    capacity: count,
    /** `gone` when it has not been heard of for longer than its lease. */
    state: z.enum(['idle', 'working', 'draining', 'gone']),
    lanesActive: count,
    memoryUsageMb: z.number().nullable(),
    cpuUsagePercent: z.number().nullable(),
    startedAt: time,
    heartbeatAt: time,
  })
  .meta({ id: 'Instance' });
export type Instance = z.infer<typeof instance>;

export const instanceMetric = z
  .strictObject({
    instanceId: z.uuid(),
    campaignId: z.uuid(),
    executionId: z.uuid(),
    laneId: z.uuid(),
    recordedAt: time,
    pagesPerSecond: z.number(),
    averageResponseTimeMs: z.number().nullable(),
    successRate: z.number().nullable(),
    errorRate: z.number().nullable(),
    cpuUsagePercent: z.number(),
    memoryUsageMb: z.number(),
    queueSize: z.int(),
    processedCount: count,
    pendingCount: z.int(),
    bandwidthMbps: z.number(),
    requestsPerMinute: z.number(),
    /** What it covers: a sample, or the mean of the samples of a minute or an hour that begins at recordedAt. */
    resolution: z.enum(METRIC_RESOLUTIONS),
    /** Seconds that were measured. */
    seconds: z.number(),
  })
  .meta({ id: 'InstanceMetric' });
export type InstanceMetric = z.infer<typeof instanceMetric>;

export const campaignEvent = z
  .strictObject({
    campaignId: z.uuid(),
    seq: z.int(),
    executionId: z.uuid().nullable(),
    eventType: z.string(),
    payload: json,
    occurredAt: time,
  })
  .meta({ id: 'CampaignEvent' });
export type CampaignEvent = z.infer<typeof campaignEvent>;

/** Somebody who follows a campaign just now, over any process of the API. */
export const viewer = z
  .strictObject({
    keyId: z.uuid(),
    /** What the key is called. */
    name: z.string(),
    connections: count,
    since: time,
  })
  .meta({ id: 'Viewer' });
export type Viewer = z.infer<typeof viewer>;

export const apiKey = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    prefix: z.string(),
    lastFour: z.string(),
    scope: z.enum(['viewer', 'operator', 'admin']),
    createdAt: time,
    expiresAt: time.nullable(),
    revokedAt: time.nullable(),
    lastUsedAt: time.nullable(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.infer<typeof apiKey>;
export const apiKeyCreate = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    scope: z.enum(['viewer', 'operator', 'admin']),
    expiresAt: time.optional(),
  })
  .meta({ id: 'ApiKeyCreate' });
export const apiKeyCreated = z
  .strictObject({
    ...apiKey.shape,
    /** Shown this once: null when the answer is repeated for the same Idempotency-Key. */
    key: z.string().nullable(),
  })
  .meta({ id: 'ApiKeyCreated' });
