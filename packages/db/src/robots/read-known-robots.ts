import type { KnownRobots } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { isoTime } from '../times/iso-time.js';

/** What is known of the robots.txt of these origins, however old; an origin that was never read is missing. */
export async function readKnownRobots(
  tx: Tx,
  origins: readonly string[],
): Promise<ReadonlyMap<string, KnownRobots>> {
  const rows = await tx.sql<
    {
      origin: string;
      outcome: 'rules' | 'allow_all' | 'unreachable';
      body: string | null;
      detail: string | null;
      fetched_at: Date;
    }[]
  >`select origin, outcome, body, detail, fetched_at from robots_files where origin = any(${[...origins]}::text[])`;
  return new Map(
    rows.map(({ origin, outcome, body, detail, fetched_at: at }) => [
      origin,
      { status: outcome, body, detail, fetchedAt: isoTime(at) },
    ]),
  );
}
