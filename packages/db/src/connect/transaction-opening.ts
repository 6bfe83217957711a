/** How a transaction runs. */
export interface TransactionOptions {
  /**
   * `relaxed` answers before the commit is on disk: a crash of the server may lose the last moments, never
   * part of a transaction. Only for work that is done again after a loss. Default `full`.
   */
  readonly durability?: 'full' | 'relaxed';
  /** Most milliseconds a single statement may run; default 60,000. */
  readonly statementTimeoutMs?: number;
  /** Most milliseconds a statement may wait for a lock; default 15,000. */
  readonly lockTimeoutMs?: number;
  /** Refuse writes, and see one moment throughout. */
  readonly readOnly?: boolean;
  /**
   * `generic` has statements planned for values in general, and anew every few seconds as the tables grow: for work that finds
   * its rows by their keys. Without it a statement is planned for the very execution that it names; the statistics may not know
   * that one and reckon with a single row, and then any index that begins with the execution looks as good as the key.
   */
  readonly plans?: 'generic';
  /** Its statements take one core each, also where the planner would take more: for what nobody waits for, so that others keep theirs. */
  readonly singleCore?: boolean;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The statements that open a transaction, as one message. The tenant lives exactly as long as the
 * transaction: `set_config(…, true)` is SET LOCAL. Throws a RangeError for what is not a UUID or a duration.
 */
export function transactionOpening(tenantId: string | null, options: TransactionOptions = {}): string {
  const statements = [
    options.readOnly === true ? 'begin isolation level repeatable read read only' : 'begin',
  ];
  if (tenantId !== null) {
    if (!UUID.test(tenantId)) throw new RangeError('a tenant id is a UUID');
    statements.push(`select set_config('app.tenant_id', '${tenantId}', true)`);
  }
  if (options.plans === 'generic') statements.push('set local plan_cache_mode = force_generic_plan');
  if (options.singleCore === true) statements.push('set local max_parallel_workers_per_gather = 0');
  if (options.durability === 'relaxed') statements.push('set local synchronous_commit = off');
  if (options.statementTimeoutMs !== undefined) {
    statements.push(`set local statement_timeout = ${wholeMs(options.statementTimeoutMs)}`);
  }
  if (options.lockTimeoutMs !== undefined) {
    statements.push(`set local lock_timeout = ${wholeMs(options.lockTimeoutMs)}`);
  }
  return statements.join('; ');
}

function wholeMs(ms: number): number {
  if (!Number.isInteger(ms) || ms < 1) throw new RangeError('a time-out is a whole number of milliseconds');
  return ms;
}
