import { newId, type AuditEntry as RecordedEntry } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { toStorableJson, toStorableText } from '../connect/storable-text.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { isoTime } from '../times/iso-time.js';

type Summary = Readonly<Record<string, unknown>>;

/** What is noted of a write: who did what to which thing, from where, and what it was before and after. */
export interface AuditEntry {
  readonly tenantId: string;
  readonly apiKeyId: string;
  readonly apiKeyName: string;
  /** The noun and the verb: `campaign.create`, `execution.stop`. */
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly campaignId?: string | null;
  readonly executionId?: string | null;
  readonly remoteAddress: string | null;
  readonly userAgent: string | null;
  readonly requestId: string;
  /** Figures and names, never secrets. */
  readonly before?: Summary | null;
  readonly after?: Summary | null;
  readonly detail?: Summary;
}

/** Longest User-Agent that is kept: enough to tell programs apart. */
const MAX_USER_AGENT = 500;

/** Appends to the audit log, which nobody can change afterwards. Belongs to the transaction of the write itself. */
export async function insertAuditEntry(tx: Tx, entry: AuditEntry): Promise<void> {
  const { userAgent } = entry;
  await tx.sql`
    insert into audit_log (id, tenant_id, api_key_id, api_key_name, action, subject_type, subject_id, campaign_id,
      execution_id, remote_address, user_agent, request_id, before, after, detail)
    values (${newId()}, ${entry.tenantId}, ${entry.apiKeyId}, ${toStorableText(entry.apiKeyName)}, ${entry.action},
      ${entry.subjectType}, ${toStorableText(entry.subjectId)}, ${entry.campaignId ?? null},
      ${entry.executionId ?? null}, ${entry.remoteAddress},
      ${userAgent === null ? null : toStorableText(userAgent).slice(0, MAX_USER_AGENT)}, ${entry.requestId},
      ${asJson(entry.before)}::text::jsonb, ${asJson(entry.after)}::text::jsonb,
      ${asJson(entry.detail ?? {})}::text::jsonb)`;
}

function asJson(summary: Summary | null | undefined): string | null {
  return summary === null || summary === undefined ? null : JSON.stringify(toStorableJson(summary));
}

/** Which entries of the audit log to list. */
export interface AuditFilter {
  readonly limit: number;
  readonly after: Place | null;
  readonly campaignId?: string | undefined;
  readonly executionId?: string | undefined;
  readonly apiKeyId?: string | undefined;
  readonly action?: string | undefined;
  readonly subjectType?: string | undefined;
  readonly subjectId?: string | undefined;
  /** Occurred at or after, and before (ISO 8601). */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

interface AuditRow extends Omit<RecordedEntry, 'occurredAt'> {
  occurredAt: Date;
}

/** The audit log of the tenant, newest first. */
export async function listAuditEntries(tx: Tx, filter: AuditFilter): Promise<Slice<RecordedEntry>> {
  const { limit, after } = filter;
  const rows = await tx.sql<AuditRow[]>`
    select id, occurred_at as "occurredAt", api_key_id as "apiKeyId", api_key_name as "apiKeyName", action,
      subject_type as "subjectType", subject_id as "subjectId", campaign_id as "campaignId",
      execution_id as "executionId", remote_address as "remoteAddress", user_agent as "userAgent",
      request_id as "requestId", before, after, detail
    from audit_log
    where true
      ${after === null ? tx.sql`` : tx.sql`and id < ${after[0] ?? ''}::uuid`}
      ${conditions(tx, filter)}
    order by id desc limit ${limit + 1}`;
  return sliceOf(
    rows,
    limit,
    (row) => ({ ...row, occurredAt: isoTime(row.occurredAt) }),
    (row) => [row.id],
  );
}

function conditions(tx: Tx, filter: AuditFilter) {
  const { campaignId, executionId, apiKeyId, action, subjectType, subjectId, since, until } = filter;
  return tx.sql`
    ${campaignId === undefined ? tx.sql`` : tx.sql`and campaign_id = ${campaignId}`}
    ${executionId === undefined ? tx.sql`` : tx.sql`and execution_id = ${executionId}`}
    ${apiKeyId === undefined ? tx.sql`` : tx.sql`and api_key_id = ${apiKeyId}`}
    ${action === undefined ? tx.sql`` : tx.sql`and action = ${action}`}
    ${subjectType === undefined ? tx.sql`` : tx.sql`and subject_type = ${subjectType}`}
    ${subjectId === undefined ? tx.sql`` : tx.sql`and subject_id = ${subjectId}`}
    ${since === undefined ? tx.sql`` : tx.sql`and occurred_at >= ${since}::timestamptz`}
    ${until === undefined ? tx.sql`` : tx.sql`and occurred_at < ${until}::timestamptz`}`;
}
