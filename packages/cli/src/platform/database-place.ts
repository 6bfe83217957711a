import { realpath } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import type { ReadyFacts } from './launched-process.js';

/**
 * The folder of the database files when that lies outside the data directory: PostgreSQL does not run as
 * root, and the account it runs under may be unable to reach a folder of root's. Null when it lies inside,
 * and for an outside server.
 */
export async function databasePlaceOutside(dataDir: string, facts: ReadyFacts): Promise<string | null> {
  const { clusterDir } = facts;
  if (typeof clusterDir !== 'string') return null;
  // The database process names real paths.
  const [way] = relative(await realpath(dataDir), clusterDir).split(sep);
  return way === '..' ? clusterDir : null;
}
