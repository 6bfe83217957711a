import type { Tx } from '../connect/database.js';
import { isoTime } from '../times/iso-time.js';
import type { StoredRobots } from './robots-files.js';

/** What an execution was told of an origin's robots.txt; its text is read apart (see readRobotsBodies). */
export interface ToldRobots {
  readonly status: StoredRobots['outcome'];
  readonly detail: string | null;
  /** When it was read from the site; ISO 8601. */
  readonly fetchedAt: string;
  /** SHA-256 of its text, in hexadecimal; null for one without rules. */
  readonly bodyHash: string | null;
}

interface ToldRow {
  origin: string;
  outcome: StoredRobots['outcome'];
  detail: string | null;
  body_hash: string | null;
  fetched_at: Date;
}

/**
 * What the tenant's executions were last told of the robots.txt of these origins. An origin that none of them
 * asked is missing, whoever else may have crawled it: that is nothing to the tenant.
 */
export async function readKnownRobots(
  tx: Tx,
  origins: readonly string[],
): Promise<ReadonlyMap<string, ToldRobots>> {
  const rows = await tx.sql<ToldRow[]>`
    select told.origin, outcome, detail, encode(body_hash, 'hex') as body_hash, fetched_at
    from unnest(${[...origins]}::text[]) as asked (origin)
    cross join lateral (
      select * from execution_robots where execution_robots.origin = asked.origin order by told_at desc limit 1
    ) told`;
  return new Map(rows.map((row) => [row.origin, toTold(row)]));
}

/**
 * By which robots.txt an execution decided on an origin at a moment (ISO 8601; null: by now). Null when it
 * never asked that origin. A moment before the first answer gets the first.
 */
export async function readRobotsAt(
  tx: Tx,
  executionId: string,
  origin: string,
  at: string | null,
): Promise<ToldRobots | null> {
  const moment = tx.sql`coalesce(${at}::timestamptz, 'infinity')`;
  const [row] = await tx.sql<ToldRow[]>`
    select origin, outcome, detail, encode(body_hash, 'hex') as body_hash, fetched_at from execution_robots
    where execution_id = ${executionId} and origin = ${origin}
    order by told_at <= ${moment} desc, case when told_at <= ${moment} then told_at end desc, told_at limit 1`;
  return row === undefined ? null : toTold(row);
}

function toTold(row: ToldRow): ToldRobots {
  const { outcome: status, detail, body_hash: bodyHash, fetched_at: at } = row;
  return { status, detail, fetchedAt: isoTime(at), bodyHash };
}
