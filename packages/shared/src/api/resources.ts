import { z } from 'zod';
import {
  browserConfig,
  CAMPAIGN_LIMITS,
  campaignConfig,
  fetchConfig,
  historyConfig,
  limitsConfig,
  politenessConfig,
  scopeConfig,
  sitemapsConfig,
  trapsConfig,
} from '../campaign/campaign-config.js';
import { coverageReceipt, coverageTotals } from '../execution/coverage.js';
import {
  END_REASONS,
  EXECUTION_STATES,
  EXECUTION_TYPES,
  LANE_STATES,
} from '../execution/execution-states.js';
import { WAITING_REASON_NAMES } from '../execution/waiting-reasons.js';
import { queuePlace } from './capacity-resources.js';
import { count, json, nextCursor, time } from './fields.js';
import { executionStall } from './recovery-resources.js';

/** A page of a list. */
export const listOf = <T extends z.ZodType>(item: T) => z.strictObject({ items: z.array(item), nextCursor });

const campaignName = z.string().trim().min(1).max(200);
/** Seeds are checked one by one by the API, so that each wrong one is named; here only their count and length are bounded. */
const seedList = z.array(z.string().max(CAMPAIGN_LIMITS.seedLength)).max(CAMPAIGN_LIMITS.seedsPerRequest);

export const campaignCreate = z
  .strictObject({ name: campaignName, seeds: seedList.min(1), ...campaignConfig.shape })
  .meta({ id: 'CampaignCreate' });
export type CampaignCreate = z.infer<typeof campaignCreate>;
/** What a client may send: everything with a default left out. */
export type CampaignCreateInput = z.input<typeof campaignCreate>;

/** A change: only what is named changes, group by group field by field. Defaults do not apply. */
export const campaignPatch = z
  .strictObject({
    name: campaignName.optional(),
    status: z.enum(['active', 'archived']).optional(),
    mode: campaignConfig.shape.mode.unwrap().optional(),
    renderer: campaignConfig.shape.renderer.unwrap().optional(),
    scope: z.strictObject(unwrapDefaults(scopeConfig.shape)).optional(),
    limits: z.strictObject(unwrapDefaults(limitsConfig.shape)).optional(),
    traps: z.strictObject(unwrapDefaults(trapsConfig.shape)).optional(),
    politeness: z.strictObject(unwrapDefaults(politenessConfig.shape)).optional(),
    fetch: z.strictObject(unwrapDefaults(fetchConfig.shape)).optional(),
    sitemaps: z.strictObject(unwrapDefaults(sitemapsConfig.shape)).optional(),
    browser: z.strictObject(unwrapDefaults(browserConfig.shape)).optional(),
    history: z.strictObject(unwrapDefaults(historyConfig.shape)).optional(),
    lanes: campaignConfig.shape.lanes.unwrap().optional(),
    priority: campaignConfig.shape.priority.unwrap().optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, 'name at least one field to change')
  .meta({ id: 'CampaignPatch' });
export type CampaignPatch = z.infer<typeof campaignPatch>;
/** A change, and seeds to add: so the document that made a campaign can also change it. The API takes the two apart. */
export const campaignChange = z
  .strictObject({ ...campaignPatch.shape, seeds: seedList.min(1).optional() })
  .refine((change) => Object.keys(change).length > 0, 'name at least one field to change');

type Unwrapped<S extends Record<string, z.ZodDefault>> = {
  [K in keyof S]: z.ZodOptional<S[K] extends z.ZodDefault<infer Inner> ? Inner : never>;
};

/** The same fields without their defaults, each optional: in a change, a field left out stays as it is. */
function unwrapDefaults<S extends Record<string, z.ZodDefault>>(shape: S): Unwrapped<S> {
  return Object.fromEntries(
    Object.entries(shape).map(([name, field]) => [name, z.optional(field.unwrap())]),
  ) as unknown as Unwrapped<S>;
}

export const campaign = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    status: z.enum(['active', 'archived']),
    configRevision: z.int(),
    config: campaignConfig,
    seedCount: count,
    metrics: z.strictObject({
      executionsTotal: count,
      pagesCrawled: count,
      errorsEncountered: count,
      urlsDiscovered: count,
      lastActivityAt: time.nullable(),
    }),
    lastExecution: z
      .strictObject({ id: z.uuid(), number: z.int(), status: z.enum(EXECUTION_STATES), createdAt: time })
      .nullable(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Campaign' });
export type Campaign = z.infer<typeof campaign>;

/** What a campaign did lately and does next. */
export const campaignActivity = z
  .strictObject({
    /** The next planned start of its active schedules. */
    nextTickAt: time.nullable(),
    /** Its last twenty, the oldest first. */
    executions: z.array(
      z.strictObject({
        id: z.uuid(),
        number: z.int(),
        status: z.enum(EXECUTION_STATES),
        endReason: z.enum(END_REASONS).nullable(),
        createdAt: time,
        /** From start to end, or to now while it runs. */
        durationSeconds: z.number().nullable(),
        pagesCrawled: count,
        errorsEncountered: count,
        /** URLs that are settled, of those that are known; null once it has ended. */
        progress: z.strictObject({ settled: count, known: count }).nullable(),
      }),
    ),
  })
  .meta({ id: 'CampaignActivity' });
export type CampaignActivity = z.infer<typeof campaignActivity>;

export const listedCampaign = z
  .strictObject({
    ...campaign.shape,
    /** Null unless it was asked for by `include=activity`. */
    activity: campaignActivity.nullable(),
  })
  .meta({ id: 'ListedCampaign' });
export type ListedCampaign = z.infer<typeof listedCampaign>;

/** A campaign that was deleted and can be restored. */
export const deletedCampaign = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    executionsTotal: count,
    deletedAt: time,
    /** Then it is removed with all that it recorded. */
    restorableUntil: time,
  })
  .meta({ id: 'DeletedCampaign' });
export type DeletedCampaign = z.infer<typeof deletedCampaign>;

export const seed = z
  .strictObject({
    id: z.uuid(),
    url: z.string(),
    source: z.enum(['manual', 'import', 'sitemap']),
    createdAt: time,
  })
  .meta({ id: 'Seed' });
export type Seed = z.infer<typeof seed>;

export const seedsAdd = z.strictObject({ seeds: seedList.min(1) }).meta({ id: 'SeedsAdd' });
export const seedsRemove = z.strictObject({ seeds: seedList.min(1) }).meta({ id: 'SeedsRemove' });
export const seedsResult = z
  .strictObject({
    accepted: count,
    duplicate: count,
    invalid: count,
    /** The first hundred that were refused. */
    problems: z.array(
      z.strictObject({ index: z.int(), input: z.string(), code: z.string(), message: z.string() }),
    ),
  })
  .meta({ id: 'SeedsResult' });
export const seedsRemoved = z.strictObject({ removed: count }).meta({ id: 'SeedsRemoved' });

export const executionStart = z
  .strictObject({ reason: z.string().max(500).optional() })
  .meta({ id: 'ExecutionStart' });

export const lane = z
  .strictObject({
    id: z.uuid(),
    laneNumber: z.int(),
    status: z.enum(LANE_STATES),
    instanceId: z.uuid().nullable(),
    epoch: z.int(),
    heartbeatAt: time.nullable(),
    waitingReason: z.enum(WAITING_REASON_NAMES).nullable(),
  })
  .meta({ id: 'Lane' });

export const execution = z
  .strictObject({
    id: z.uuid(),
    campaignId: z.uuid(),
    number: z.int(),
    executionType: z.enum(EXECUTION_TYPES),
    status: z.enum(EXECUTION_STATES),
    endReason: z.enum(END_REASONS).nullable(),
    /** Why it is not fetching; null while it is, and once it has ended. */
    waitingReason: z.enum(WAITING_REASON_NAMES).nullable(),
    /** Who paused it or asked it to end, and why; null while nobody has. */
    orderedBy: z.string().nullable(),
    /** The operation that was asked for last. */
    operationId: z.uuid().nullable(),
    configRevision: z.int(),
    triggeredBy: z.string(),
    triggerReason: z.string().nullable(),
    createdAt: time,
    startedAt: time.nullable(),
    completedAt: time.nullable(),
    /** Seconds from start to end, or to now while it runs. */
    durationSeconds: z.number().nullable(),
    /** Of these, seconds in which it was paused; they count against no limit. */
    pausedSeconds: z.number(),
    /** Of these, seconds in which no worker had it: back in the queue, out of its quota, its worker lost. They count against no limit. */
    waitedSeconds: z.number(),
    pagesCrawled: count,
    errorsEncountered: count,
    crawlersUsed: count,
    memoryPeakMb: z.number().nullable(),
    coverage: coverageTotals,
    /** The execution before it; null for the first, and once that one is not kept any more. */
    previousExecutionId: z.uuid().nullable(),
    /** The execution whose configuration and seeds this one repeats. */
    repeatsExecutionId: z.uuid().nullable(),
    /** The revision whose scope.allow and scope.deny it took over while it ran; null: those it began with. */
    scopeRevision: z.int().nullable(),
  })
  .meta({ id: 'Execution' });
export type Execution = z.infer<typeof execution>;

export const executionDetail = z
  .strictObject({
    ...execution.shape,
    config: campaignConfig,
    lanes: z.array(lane),
    /** Null unless it should move and does not. */
    stall: executionStall.nullable(),
    /** Null unless it waits for a worker: it has ended, is paused, or a worker has one of its lanes. */
    waiting: queuePlace.nullable(),
    resultSummary: json.nullable(),
    errorLog: z.array(json).nullable(),
  })
  .meta({ id: 'ExecutionDetail' });
export type ExecutionDetail = z.infer<typeof executionDetail>;

export const executionAccepted = z.strictObject({ execution }).meta({ id: 'ExecutionAccepted' });

export const executionCoverage = z
  .strictObject({
    executionId: z.uuid(),
    status: z.enum(EXECUTION_STATES),
    /**
     * receipt: recounted from the rows at the end of the execution. While it runs, recount: the same, just now, for a
     * small one; counters: what its lanes have counted.
     */
    source: z.enum(['receipt', 'recount', 'counters']),
    asOf: time,
    totals: coverageTotals,
    /** Null when only counters are known. */
    receipt: coverageReceipt.nullable(),
  })
  .meta({ id: 'ExecutionCoverage' });
export type ExecutionCoverage = z.infer<typeof executionCoverage>;

export const problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    requestId: z.string(),
    fields: z.array(z.strictObject({ path: z.string(), code: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problem>;
