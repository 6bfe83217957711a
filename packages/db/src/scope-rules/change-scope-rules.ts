import { isDeepStrictEqual } from 'node:util';
import type { ScopeConfig } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { appendEvent } from '../events/append-event.js';
import { lockExecution } from '../executions/lock-execution.js';

/** The part of a scope that may change while an execution runs. */
export type ScopeRules = Pick<ScopeConfig, 'allow' | 'deny'>;

/** Before every key. */
const FIRST_KEY = '00000000-0000-0000-0000-000000000000';

/**
 * Lets an execution that has not ended go by other patterns from now on: its lanes read them with their next
 * claim, and what is pending is to be held against them (see `checkPending`). False when it goes by them
 * already. Locks the execution.
 */
export async function changeScopeRules(
  tx: Tx,
  executionId: string,
  { revision, allow, deny }: ScopeRules & { readonly revision: number },
): Promise<boolean> {
  const { tenantId, campaignId } = await lockExecution(tx, executionId);
  const [before] = await tx.sql<{ allow: string[]; deny: string[] }[]>`
    select config #> '{scope,allow}' as allow, config #> '{scope,deny}' as deny
    from campaign_executions where id = ${executionId} and completed_at is null`;
  if (before === undefined || isDeepStrictEqual([before.allow, before.deny], [allow, deny])) return false;
  await tx.sql`
    update campaign_executions
    set config = jsonb_set(config, '{scope}', (config -> 'scope') || ${JSON.stringify({ allow, deny })}::text::jsonb),
      scope_version = scope_version + 1, scope_revision = ${revision}, scope_cursor = ${FIRST_KEY}, scope_skipped = 0
    where id = ${executionId}`;
  await appendEvent(tx, {
    ...{ tenantId, campaignId, executionId },
    type: 'scope.rules_changed',
    payload: { revision, allow, deny },
  });
  return true;
}
