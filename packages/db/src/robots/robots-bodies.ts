import type { Tx } from '../connect/database.js';

/** How long a text is kept that nothing refers to any more: a lane may just be about to. */
const KEEP_UNUSED = '1 day';

/**
 * Keeps the text of a robots.txt file, once whoever has it, and returns its SHA-256 in hexadecimal; null for
 * none. The text that it takes the place of is kept for a while too.
 */
export async function keepRobotsBody(tx: Tx, origin: string, body: string | null): Promise<string | null> {
  // Whoever holds the old text's row is marking it too.
  await tx.sql`
    update robots_bodies set last_used_at = now() where body_hash in (
      select kept.body_hash from robots_files join robots_bodies kept using (body_hash)
      where origin = ${origin} for update of kept skip locked)`;
  if (body === null) return null;
  const [row] = await tx.sql<{ body_hash: string }[]>`
    insert into robots_bodies (body_hash, body)
    select sha256(convert_to(body, 'UTF8')), body from (values (${body}::text)) as read (body)
    on conflict (body_hash) do update set last_used_at = now()
    returning encode(body_hash, 'hex') as body_hash`;
  if (row === undefined) throw new Error('the text of a robots.txt file was not kept');
  return row.body_hash;
}

/** The texts of these hashes. What is no longer kept is missing. */
export async function readRobotsBodies(tx: Tx, hashes: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.sql<{ body_hash: string; body: string }[]>`
    select encode(body_hash, 'hex') as body_hash, body from robots_bodies
    where body_hash in (select decode(hash, 'hex') from unnest(${[...hashes]}::text[]) as asked (hash))`;
  return new Map(rows.map(({ body_hash: hash, body }) => [hash, body]));
}

/** Removes texts that no origin and no execution refers to, and returns how many. */
export async function removeUnusedRobotsBodies(tx: Tx): Promise<number> {
  const removed = await tx.sql`
    delete from robots_bodies unused
    where last_used_at < now() - ${KEEP_UNUSED}::interval
      and not exists (select from robots_files where robots_files.body_hash = unused.body_hash)
      and not exists (select from execution_robots where execution_robots.body_hash = unused.body_hash)`;
  return removed.count;
}
