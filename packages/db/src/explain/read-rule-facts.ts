import type { ScopeConfig } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { listClosedPatterns } from '../traps/close-patterns.js';

/** What the rules of an execution depend on beside its configuration. */
export interface RuleFacts {
  /** Hosts of the seeds and those that seeds redirect to. */
  readonly scopeHosts: readonly string[];
  /** Folders of the seeds; read for `within: prefix` alone, which needs them. */
  readonly seedFolders: readonly string[];
  readonly closedPatterns: readonly string[];
}

/** Reads what the rules of an execution depend on. */
export async function readRuleFacts(
  tx: Tx,
  executionId: string,
  within: ScopeConfig['within'],
): Promise<RuleFacts> {
  const [[execution], folders, closedPatterns] = await Promise.all([
    tx.sql<{ scope_hosts: string[] }[]>`
      select scope_hosts from campaign_executions where id = ${executionId}`,
    within === 'prefix' ? readSeedFolders(tx, executionId) : Promise.resolve([]),
    listClosedPatterns(tx, executionId),
  ]);
  return { scopeHosts: execution?.scope_hosts ?? [], seedFolders: folders, closedPatterns };
}

async function readSeedFolders(tx: Tx, executionId: string): Promise<string[]> {
  const rows = await tx.sql<{ folder: string }[]>`
    select distinct regexp_replace(split_part(url, '?', 1), '[^/]*$', '') as folder
    from crawl_targets where execution_id = ${executionId} and is_seed`;
  return rows.map(({ folder }) => folder);
}
