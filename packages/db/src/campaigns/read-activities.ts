import type { CampaignActivity, ExecutionState } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { readInOrder } from '../cursors/bounded-scan.js';
import { isoTime, isoTimeOrNull } from '../times/iso-time.js';

/** Executions of a campaign that are told of. */
const EXECUTIONS_TOLD = 20;

const NO_ACTIVITY: CampaignActivity = { nextTickAt: null, executions: [] };

interface ActivityRow {
  campaign_id: string;
  next_tick_at: Date | null;
  executions: readonly ToldExecution[];
}

/** As JSON of the database; its times are text that `Date` understands. */
interface ToldExecution {
  id: string;
  number: number;
  status: ExecutionState;
  end_reason: CampaignActivity['executions'][number]['endReason'];
  created_at: string;
  duration_seconds: number | null;
  pages_crawled: number;
  errors_encountered: number;
  settled: number | null;
  known: number | null;
}

/**
 * What campaigns did lately and do next, in one statement for all of them: twenty executions by the index of their numbers,
 * and the lanes of those alone that have not ended, whose counters are what is true of them.
 */
export async function readCampaignActivities(
  tx: Tx,
  campaignIds: readonly string[],
): Promise<(campaignId: string) => CampaignActivity> {
  // Before there are statistics the planner would read all executions of all campaigns.
  await readInOrder(tx);
  const rows = await tx.sql<ActivityRow[]>`
    select asked.campaign_id, coming.next_tick_at, coalesce(lately.executions, '[]'::jsonb) as executions
    from unnest(${[...campaignIds]}::uuid[]) as asked (campaign_id)
    left join lateral (
      select min(schedule.next_tick_at) as next_tick_at from crawler_schedules schedule
      where schedule.campaign_id = asked.campaign_id and schedule.status = 'active' and schedule.deleted_at is null
    ) coming on true
    left join lateral (
      select jsonb_agg(to_jsonb(told) order by told.number) as executions from (
        select run.id, run.number, run.status, run.end_reason, run.created_at,
          coalesce(run.duration_seconds, extract(epoch from clock_timestamp() - run.started_at)::float8)
            as duration_seconds,
          coalesce(live.fetched, run.pages_crawled) as pages_crawled,
          coalesce(live.errors, run.errors_encountered) as errors_encountered,
          run.seeds_skipped + live.settled as settled, run.seeds_discovered + live.discovered as known
        from campaign_executions run
        left join lateral (
          select coalesce(sum(lane.fetched), 0)::float8 as fetched, coalesce(sum(lane.errors), 0)::float8 as errors,
            coalesce(sum(lane.fetched + lane.failed + lane.skipped), 0)::float8 as settled,
            coalesce(sum(lane.discovered), 0)::float8 as discovered
          from execution_lanes lane
          where run.completed_at is null and lane.execution_id = run.id having run.completed_at is null
        ) live on true
        where run.campaign_id = asked.campaign_id order by run.number desc limit ${EXECUTIONS_TOLD}
      ) told
    ) lately on true`;
  const activities = new Map(rows.map((row) => [row.campaign_id, toActivity(row)]));
  return (campaignId) => activities.get(campaignId) ?? NO_ACTIVITY;
}

function toActivity(row: ActivityRow): CampaignActivity {
  return {
    nextTickAt: isoTimeOrNull(row.next_tick_at),
    executions: row.executions.map((told) => ({
      id: told.id,
      number: told.number,
      status: told.status,
      endReason: told.end_reason,
      createdAt: isoTime(new Date(told.created_at)),
      durationSeconds: told.duration_seconds,
      pagesCrawled: told.pages_crawled,
      errorsEncountered: told.errors_encountered,
      progress:
        told.settled === null || told.known === null ? null : { settled: told.settled, known: told.known },
    })),
  };
}
