import type { Tx } from '../connect/database.js';

/** What an origin's robots.txt said when it was last read. RFC 9309, section 2.3.1. */
export interface StoredRobots {
  readonly outcome: 'rules' | 'allow_all' | 'unreachable';
  readonly statusCode: number | null;
  readonly body: string | null;
  /** For a person: why it is unreachable, or why everything is allowed. */
  readonly detail: string | null;
}

/** The robots.txt of an origin, unless it has expired or was never read. */
export async function readRobotsFile(tx: Tx, origin: string): Promise<StoredRobots | null> {
  const [row] = await tx.sql<
    {
      outcome: StoredRobots['outcome'];
      status_code: number | null;
      body: string | null;
      detail: string | null;
    }[]
  >`select outcome, status_code, body, detail from robots_files where origin = ${origin} and expires_at > now()`;
  return row === undefined
    ? null
    : { outcome: row.outcome, statusCode: row.status_code, body: row.body, detail: row.detail };
}

/** Keeps an origin's robots.txt for `ttlSeconds` from now. */
export async function storeRobotsFile(
  tx: Tx,
  origin: string,
  robots: StoredRobots,
  ttlSeconds: number,
): Promise<void> {
  await tx.sql`
    insert into robots_files (origin, outcome, status_code, body, detail, fetched_at, expires_at)
    values (${origin}, ${robots.outcome}, ${robots.statusCode}, ${robots.body}, ${robots.detail}, now(),
      now() + ${ttlSeconds} * interval '1 second')
    on conflict (origin) do update set outcome = excluded.outcome, status_code = excluded.status_code,
      body = excluded.body, detail = excluded.detail, fetched_at = excluded.fetched_at, expires_at = excluded.expires_at`;
}
