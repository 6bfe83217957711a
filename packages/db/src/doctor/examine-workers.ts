import type { HealthCheck } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { adviseOnSilent, isBeingReplaced, listSilentWorkers } from './silent-workers.js';

/** Silent workers that are advised on by name. */
const MOST_NAMED = 5;

/** Examines the workers: how many are alive, what room they have, and which are silent and what to do about those. */
export async function examineWorkers(tx: Tx, laneLeaseMs: number): Promise<HealthCheck> {
  const [row] = await tx.sql<{ alive: number; browsers: number; free: number; live: number }[]>`
    select count(*)::int as alive, (count(*) filter (where 'browser' = any(capabilities)))::int as browsers,
      coalesce(sum(greatest(0, capacity - lanes_active)), 0)::int as free,
      (select count(*)::int from campaign_executions where completed_at is null) as live
    from crawler_instances
    where state in ('idle', 'working') and heartbeat_at > clock_timestamp() - ${2 * laneLeaseMs} * interval '1 millisecond'`;
  const silent = await listSilentWorkers(tx, laneLeaseMs);
  const { alive = 0, browsers = 0, free = 0, live = 0 } = row ?? {};
  const name = 'workers';
  const finding = `${alive} alive (${browsers} with a browser), ${free} free places, ${silent.length} silent; ${live} executions have not ended.`;
  if (alive > 0 && silent.length === 0) return { name, status: 'ok', finding, advice: null };
  const advice = silent.slice(0, MOST_NAMED).map((worker) => adviseOnSilent(worker, laneLeaseMs));
  if (silent.length > MOST_NAMED) advice.push(`So have ${silent.length - MOST_NAMED} more.`);
  const isMending = silent.some((worker) => isBeingReplaced(worker, laneLeaseMs));
  if (alive === 0 && !isMending) {
    advice.push(
      live > 0 ? 'Start a worker: nothing is crawled.' : 'Nothing could be crawled now: start a worker.',
    );
  }
  const status = alive === 0 && live > 0 && !isMending ? 'fail' : 'warn';
  return { name, status, finding, advice: advice.join(' ') };
}
