import type { TestDatabase } from '@outrider/db/testing';
import { campaignConfig, newId, tickJitter, urlKey } from '@outrider/shared';

const SEED = 'https://example.org/';

/** What the ledger says of all ticks. */
export interface LedgerFacts {
  readonly ticks: number;
  readonly started: number;
  readonly executions: number;
  readonly campaigns: number;
  /** Most seconds between a tick's due time and its start. */
  readonly latest: number;
  /** Least; below 0 would be too early. */
  readonly earliest: number;
}

/**
 * Plants campaigns of one seed, each with a schedule whose next tick is planned `inSeconds` from now,
 * put off by its jitter, and whose later ticks are a year away.
 */
export async function plantDueSchedules(
  { system, tenantId }: TestDatabase,
  { count, inSeconds, jitterSeconds = 0 }: { count: number; inSeconds: number; jitterSeconds?: number },
): Promise<void> {
  const ids = Array.from({ length: count }, () => ({ campaign: newId(), seed: newId(), schedule: newId() }));
  await system.withSystem(async ({ sql }) => {
    const config = JSON.stringify(campaignConfig.parse({}));
    const campaigns = ids.map(({ campaign }) => campaign);
    await sql`insert into crawler_campaigns (id, tenant_id, name, config)
      select id, ${tenantId}, 'due', ${config}::text::jsonb from unnest(${campaigns}::uuid[]) as campaign (id)`;
    await sql`insert into campaign_metrics (campaign_id, tenant_id)
      select id, ${tenantId} from unnest(${campaigns}::uuid[]) as campaign (id)`;
    await sql`insert into campaign_seeds (id, tenant_id, campaign_id, url, url_key)
      select id, ${tenantId}, campaign_id, ${SEED}, ${urlKey(SEED)}
      from unnest(${ids.map(({ seed }) => seed)}::uuid[], ${campaigns}::uuid[]) as seed (id, campaign_id)`;
    const [clock] = await sql<{ at: Date }[]>`
      select date_trunc('second', clock_timestamp()) + ${inSeconds} * interval '1 second' as at`;
    const at = clock?.at ?? new Date();
    const delays = ids.map(({ schedule }) => tickJitter(schedule, at.getTime(), jitterSeconds));
    await sql`insert into crawler_schedules (id, tenant_id, campaign_id, name, cron, jitter_seconds, next_tick_at, next_due_at, zone_rules)
      select id, ${tenantId}, campaign_id, 'due', '0 0 1 1 *', ${jitterSeconds}, ${at}, ${at}::timestamptz + delay * interval '1 millisecond', '9999z'
      from unnest(${ids.map(({ schedule }) => schedule)}::uuid[], ${campaigns}::uuid[], ${delays}::int[]) as schedule (id, campaign_id, delay)`;
  });
}

/** Recounts the ledger and what it started from the rows. */
export async function readLedgerFacts({ system }: TestDatabase): Promise<LedgerFacts> {
  const [facts] = await system.withSystem(
    ({ sql }) => sql<LedgerFacts[]>`
      select count(*) as ticks, count(*) filter (where outcome = 'started') as started,
        (select count(*) from campaign_executions) as executions,
        (select count(distinct campaign_id) from campaign_executions) as campaigns,
        coalesce(max(extract(epoch from fired_at - due_at)), 0)::float8 as latest,
        coalesce(min(extract(epoch from fired_at - due_at)), 0)::float8 as earliest
      from schedule_ticks`,
  );
  if (facts === undefined) throw new Error('no ledger');
  return facts;
}

/** Makes the next tick of a schedule due at a moment, or now. */
export async function setNextTick({ system }: TestDatabase, scheduleId: string, at?: Date): Promise<void> {
  await system.withSystem(
    ({ sql }) => sql`update crawler_schedules set next_tick_at = coalesce(${at ?? null}, now()),
      next_due_at = coalesce(${at ?? null}, now()) where id = ${scheduleId}`,
  );
}
