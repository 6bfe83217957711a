import type { ScopeConfig } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { listClosedPatterns } from '../traps/close-patterns.js';

/** What a lane decides URLs by, and where the campaign's own headers may go. */
export interface LaneScope {
  readonly hosts: readonly string[];
  /** Rises whenever any of the others changes. */
  readonly version: number;
  /** Folders of the seeds and of what they redirect to, each with its closing slash. */
  readonly seedFolders: readonly string[];
  /** Scheme, host and port of each seed as it was given: not of what it redirects to. */
  readonly seedOrigins: readonly string[];
  /** Patterns of URLs whose pages repeat each other, so that no link to them is followed. */
  readonly closedPatterns: readonly string[];
  /** scope.allow and scope.deny, where they changed since the execution began; null: as they were. */
  readonly newRules: Pick<ScopeConfig, 'allow' | 'deny'> | null;
}

/** Reads the scope of an execution. Distinct values only: there may be a hundred thousand seeds in one folder. */
export async function readScope(tx: Tx, executionId: string): Promise<LaneScope> {
  const [[execution], folders, origins, closedPatterns] = await Promise.all([
    tx.sql<{ scope_hosts: string[]; scope_version: number; new_rules: LaneScope['newRules'] }[]>`
      select scope_hosts, scope_version,
        case when scope_revision is not null then jsonb_build_object(
          'allow', config #> '{scope,allow}', 'deny', config #> '{scope,deny}') end as new_rules
      from campaign_executions where id = ${executionId}`,
    tx.sql<{ folder: string }[]>`
      select distinct regexp_replace(split_part(url, '?', 1), '[^/]*$', '') as folder
      from crawl_targets where execution_id = ${executionId} and is_seed`,
    tx.sql<{ origin: string }[]>`
      select distinct substring(url from '^https?://[^/?]+') as origin
      from crawl_targets where execution_id = ${executionId} and is_seed and redirect_hops is null`,
    listClosedPatterns(tx, executionId),
  ]);
  return {
    hosts: execution?.scope_hosts ?? [],
    version: execution?.scope_version ?? 0,
    seedFolders: folders.map(({ folder }) => folder),
    seedOrigins: origins.map(({ origin }) => origin),
    closedPatterns,
    newRules: execution?.new_rules ?? null,
  };
}
