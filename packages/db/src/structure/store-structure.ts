import type { Tx } from '../connect/database.js';
import { countStructure } from './count-structure.js';

/** So many pages are looked at in about a second, once for each execution. */
const PAGES_COUNTED = 100_000;

/** An ended execution without a stored structure. */
export interface UnstructuredExecution {
  readonly id: string;
  readonly tenantId: string;
}

/**
 * Takes an ended execution whose structure is not stored yet, for the caller's transaction; null when there is none.
 * One that another orchestrator works on is passed over.
 */
export async function takeUnstructuredExecution(tx: Tx): Promise<UnstructuredExecution | null> {
  const [execution] = await tx.sql<UnstructuredExecution[]>`
    select id, tenant_id as "tenantId" from campaign_executions
    where completed_at is not null and structure_stored_at is null
    order by id limit 1 for no key update skip locked`;
  return execution ?? null;
}

/** Stores the structure of an ended execution, counted from about 100,000 pages at most. */
export async function storeStructure(tx: Tx, { id, tenantId }: UnstructuredExecution): Promise<void> {
  const structure = await countStructure(tx, id, PAGES_COUNTED);
  await tx.sql`
    insert into execution_structures (execution_id, tenant_id, structure)
    values (${id}, ${tenantId}, ${JSON.stringify(structure)}::text::jsonb)
    on conflict (execution_id) do update set structure = excluded.structure`;
  await tx.sql`update campaign_executions set structure_stored_at = now() where id = ${id}`;
}
