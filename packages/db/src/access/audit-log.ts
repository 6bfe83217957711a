import { newId } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** What is noted of a write: who did what to which thing, from where. */
export interface AuditEntry {
  readonly tenantId: string;
  readonly apiKeyId: string;
  /** The noun and the verb: `campaign.create`, `execution.stop`. */
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly remoteAddress: string | null;
  readonly requestId: string;
  /** Figures and names, never secrets. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Appends to the audit log, which nobody can change afterwards. Belongs to the transaction of the write itself. */
export async function insertAuditEntry(tx: Tx, entry: AuditEntry): Promise<void> {
  await tx.sql`
    insert into audit_log (id, tenant_id, api_key_id, action, subject_type, subject_id, remote_address, request_id, detail)
    values (${newId()}, ${entry.tenantId}, ${entry.apiKeyId}, ${entry.action}, ${entry.subjectType}, ${entry.subjectId},
      ${entry.remoteAddress}, ${entry.requestId}, ${JSON.stringify(entry.detail ?? {})}::text::jsonb)`;
}
