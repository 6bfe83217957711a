import type { Tx } from '../connect/database.js';
import { keepRobotsBody } from './robots-bodies.js';

/** What an origin's robots.txt said when it was last read. RFC 9309, section 2.3.1. */
export interface StoredRobots {
  readonly outcome: 'rules' | 'allow_all' | 'unreachable';
  readonly statusCode: number | null;
  readonly body: string | null;
  /** For a person: why it is unreachable, or why everything is allowed. */
  readonly detail: string | null;
}

/** A robots.txt file as it is kept. */
export interface KeptRobots {
  readonly robots: StoredRobots;
  /** Milliseconds until the site is to be asked again; not positive when it is time to. */
  readonly freshForMs: number;
  /** Another moment is another reading. */
  readonly fetchedAt: Date;
  /** SHA-256 of its text, in hexadecimal, under which that is kept; null for one without a text. */
  readonly bodyHash: string | null;
}

/** How long a file may be used while the site cannot be asked for a newer one (RFC 9309, 2.3.1.4). */
const OLD_COPY_DAYS = 30;

interface RobotsRow {
  outcome: StoredRobots['outcome'];
  status_code: number | null;
  body: string | null;
  detail: string | null;
  fresh_for_ms: number;
  fetched_at: Date;
  body_hash: string | null;
}

/** The robots.txt of an origin as it was last read, however long ago; null when it never was. */
export async function readRobotsFile(tx: Tx, origin: string): Promise<KeptRobots | null> {
  const [row] = await tx.sql<RobotsRow[]>`
    select outcome, status_code, body, detail, fetched_at, encode(body_hash, 'hex') as body_hash,
      (extract(epoch from expires_at - now()) * 1000)::float8 as fresh_for_ms
    from robots_files left join robots_bodies using (body_hash) where origin = ${origin}`;
  return row === undefined ? null : keptOf(row);
}

/** How long what was read holds, in seconds. */
export interface RobotsLife {
  /** A file, or its absence. */
  readonly answerSeconds: number;
  /** A file that could not be read, with no older one to use. */
  readonly unreachableSeconds: number;
  /** An older file that is used since the newer one could not be read. */
  readonly oldCopySeconds: number;
}

/**
 * Keeps what was read of an origin's robots.txt, and returns what holds now. A file that could not be read
 * leaves an older answer in force for up to thirty days since that was read.
 */
export async function storeRobotsFile(
  tx: Tx,
  origin: string,
  robots: StoredRobots,
  life: RobotsLife,
): Promise<KeptRobots> {
  const isUnreachable = robots.outcome === 'unreachable';
  const seconds = isUnreachable ? life.unreachableSeconds : life.answerSeconds;
  const bodyHash = await keepRobotsBody(tx, origin, robots.body);
  const rows = await tx.sql<RobotsRow[]>`
    with old_copy as (
      update robots_files
      set expires_at = now() + ${life.oldCopySeconds} * interval '1 second',
        unreachable_since = coalesce(unreachable_since, now())
      where ${isUnreachable} and origin = ${origin} and outcome <> 'unreachable'
        and fetched_at > now() - ${OLD_COPY_DAYS} * interval '1 day'
      returning outcome, status_code, body_hash, detail, fetched_at, expires_at
    ), written as (
      insert into robots_files (origin, outcome, status_code, body_hash, detail, fetched_at, expires_at, unreachable_since)
      select ${origin}, ${robots.outcome}, ${robots.statusCode}, decode(${bodyHash}, 'hex'), ${robots.detail}, now(),
        now() + ${seconds} * interval '1 second', case when ${isUnreachable} then now() end
      where not exists (select from old_copy)
      on conflict (origin) do update set outcome = excluded.outcome, status_code = excluded.status_code,
        body_hash = excluded.body_hash, detail = excluded.detail, fetched_at = excluded.fetched_at, expires_at = excluded.expires_at,
        unreachable_since = case when ${isUnreachable} then coalesce(robots_files.unreachable_since, now()) end
      returning outcome, status_code, body_hash, detail, fetched_at, expires_at
    )
    select outcome, status_code, body, detail, fetched_at, encode(body_hash, 'hex') as body_hash,
      (extract(epoch from expires_at - now()) * 1000)::float8 as fresh_for_ms
    from (select * from old_copy union all select * from written) kept left join robots_bodies using (body_hash)`;
  const [row] = rows;
  if (row === undefined) throw new Error('the robots.txt file was not kept');
  return keptOf(row);
}

function keptOf(row: RobotsRow): KeptRobots {
  const { outcome, status_code: statusCode, body, detail } = row;
  return {
    robots: { outcome, statusCode, body, detail },
    freshForMs: row.fresh_for_ms,
    fetchedAt: row.fetched_at,
    bodyHash: row.body_hash,
  };
}
