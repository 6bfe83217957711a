import { readRobotsBodies, type ToldRobots, type Tx } from '@outrider/db';
import { type KnownRobots, parseRobots, type RobotsFile } from '@outrider/shared';

/** Reads and parses texts of robots.txt files, by their hashes. What is no longer kept is missing. */
export async function readRobotsRules(
  tx: Tx,
  hashes: readonly string[],
): Promise<ReadonlyMap<string | null, RobotsFile>> {
  if (hashes.length === 0) return new Map();
  const bodies = await readRobotsBodies(tx, hashes);
  return new Map([...bodies].map(([hash, body]) => [hash, parseRobots(body)]));
}

/** What an execution was told of a robots.txt, with its rules; pure. */
export function knownRobots(
  told: ToldRobots | null,
  rules: ReadonlyMap<string | null, RobotsFile>,
): KnownRobots {
  if (told === null) return { status: 'unknown' };
  const { status, detail, fetchedAt, bodyHash } = told;
  return { status, detail, fetchedAt, file: rules.get(bodyHash) ?? null };
}
