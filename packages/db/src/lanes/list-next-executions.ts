import type { Tx } from '../connect/database.js';
import { liveWorkers, waitingOrder } from './waiting-order.js';

/** Executions of each tenant and class that are looked at. */
const PER_TENANT_AND_CLASS = 64;

/**
 * The executions whose turn it is: of the lanes that wait, those that come first, as many as workers have room for. What
 * needs a browser takes part where one has room. Needs the system role.
 */
export async function listNextExecutions(tx: Tx): Promise<string[]> {
  const rows = await tx.sql<{ id: string }[]>`
    with ${liveWorkers(tx)}, ${waitingOrder(tx, { perTenantAndClass: PER_TENANT_AND_CLASS })}, room as materialized (
      select coalesce(sum(greatest(0, capacity - lanes)), 0) as any_kind,
        coalesce(sum(greatest(0, capacity - lanes)) filter (where has_browser), 0) as browser
      from worker
    ), in_line as (
      select execution_id, renderer, row_number() over (order by place) as nth,
        row_number() over (partition by renderer = 'browser' order by place) as nth_of_kind
      from ordered cross join room
      where held_by is null and (renderer <> 'browser' or room.browser > 0)
    )
    select distinct execution_id as id from in_line cross join room
    where nth <= room.any_kind and (renderer <> 'browser' or nth_of_kind <= room.browser)`;
  return rows.map(({ id }) => id);
}
