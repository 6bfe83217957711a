import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import type { KeptRobots, StoredRobots } from './robots-files.js';

/** What a lane was told of an origin's robots.txt. */
export interface RobotsReading extends Pick<StoredRobots, 'outcome' | 'detail'> {
  readonly origin: string;
  readonly bodyHash: string | null;
  readonly fetchedAt: Date;
}

/** A kept file, as far as an execution notes it. */
export function readingOf(origin: string, { robots, bodyHash, fetchedAt }: KeptRobots): RobotsReading {
  const { outcome, detail } = robots;
  return { origin, outcome, detail, bodyHash: outcome === 'rules' ? bodyHash : null, fetchedAt };
}

/**
 * Notes by which robots.txt an execution decides on an origin from now on. The same answer as before adds no
 * row, whichever lane had it.
 */
export async function noteRobots(tx: Tx, hold: LaneHold, reading: RobotsReading): Promise<void> {
  const { origin, outcome, detail, bodyHash, fetchedAt } = reading;
  await tx.sql`
    with told as (
      select ${outcome}::text as outcome, ${detail}::text as detail, decode(${bodyHash}::text, 'hex') as body_hash
    ), before as (
      select outcome, detail, body_hash from execution_robots
      where execution_id = ${hold.executionId} and origin = ${origin} order by told_at desc limit 1
    )
    insert into execution_robots (execution_id, origin, tenant_id, outcome, detail, body_hash, fetched_at)
    select ${hold.executionId}, ${origin}, ${hold.tenantId}, outcome, detail, body_hash, ${fetchedAt.toISOString()}::timestamptz
    from told where not exists (select from before where before is not distinct from told)
    on conflict do nothing`;
}
