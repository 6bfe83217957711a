import { z } from 'zod';
import { PACE_CAUSE_NAMES } from '../hosts/pace-causes.js';
import { count, time } from './fields.js';

// Hosts: who is on them, and at what pace.

/** A host as URLs have it, with its port where that is not the default; spelt as the platform spells it. */
export const hostName = z
  .string()
  .min(1)
  .max(300)
  .regex(/^[^\s/?#@\\%]+$/, 'a host, with its port where that is not the default')
  .transform((text, context) => {
    const url = `http://${text}/`;
    if (URL.canParse(url)) return new URL(url).host;
    context.addIssue({ code: 'custom', message: 'a host, with its port where that is not the default' });
    return z.NEVER;
  });

const hostLane = z.strictObject({
  campaignId: z.uuid(),
  campaignName: z.string(),
  executionId: z.uuid(),
  laneId: z.uuid(),
  laneNumber: z.int(),
  /** Fetches it may have in flight on the host. */
  permits: count,
  /** What its campaign wants of the host. */
  maxConcurrency: count,
  delayMs: count,
});

export const hostFreeze = z.strictObject({
  reason: z.string(),
  frozenAt: time,
  /** Null: until it is released. */
  until: time.nullable(),
});

export const hostStatus = z
  .strictObject({
    host: z.string(),
    /** Lanes of your campaigns that are on it. */
    lanes: z.array(hostLane),
    /** Fetches that those may have in flight. */
    permitsInUse: count,
    /** Most fetches at a time, by all lanes together; null when none of your lanes is on it. */
    limit: count.nullable(),
    /** Least time between two starts. */
    paceMs: count,
    /** What sets the pace. */
    cause: z.enum(PACE_CAUSE_NAMES),
    /** When that is over, where it is known. */
    until: time.nullable(),
    /** Why, in words. */
    reason: z.string().nullable(),
    freeze: hostFreeze.nullable(),
    /** Time to the first byte, lately and as is usual for the host. */
    responseMs: z.number().nullable(),
    baselineMs: z.number().nullable(),
  })
  .meta({ id: 'Host' });
export type HostStatus = z.infer<typeof hostStatus>;

export const hostFreezeRequest = z
  .strictObject({
    reason: z.string().trim().min(1).max(500),
    until: time.optional(),
  })
  .meta({ id: 'HostFreeze' });
