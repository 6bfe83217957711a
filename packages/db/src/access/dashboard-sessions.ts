import type { ApiScope } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { isoTime } from '../times/iso-time.js';

/** A session about to be stored. The token itself never is. */
export interface NewDashboardSession {
  readonly id: string;
  readonly tenantId: string;
  readonly apiKeyId: string;
  /** SHA-256 of the token, which has 256 random bits. */
  readonly tokenHash: Buffer;
  readonly remoteAddress: string | null;
  readonly userAgent: string | null;
  readonly lifetimeSeconds: number;
}

/** The key that a token stands for. */
export interface KeyOfToken {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly scope: ApiScope;
  /** Milliseconds until token or key expires, whichever comes first. */
  readonly expiresInMs: number;
}

export interface KeyOfSession extends KeyOfToken {
  readonly sessionId: string;
}

/** Ended sessions are kept this long, so that a clock that is off by some minutes deletes no living one. */
const KEEP_ENDED = '1 day';

/** Stores a session, clears the tenant's ended ones, and returns when it expires (ISO 8601). */
export async function insertDashboardSession(tx: Tx, session: NewDashboardSession): Promise<string> {
  await tx.sql`delete from dashboard_sessions where tenant_id = ${session.tenantId} and expires_at < now() - ${KEEP_ENDED}::interval`;
  const [row] = await tx.sql<{ expires_at: Date }[]>`
    insert into dashboard_sessions (id, tenant_id, api_key_id, token_hash, remote_address, user_agent, expires_at)
    values (${session.id}, ${session.tenantId}, ${session.apiKeyId}, ${session.tokenHash}, ${session.remoteAddress},
      ${session.userAgent}, now() + ${session.lifetimeSeconds} * interval '1 second')
    returning expires_at`;
  if (row === undefined) throw new Error('the session was not stored');
  return isoTime(row.expires_at);
}

/**
 * The key of a session that has not ended, whose end is thereby moved on; null when there is none, or its key is revoked
 * or has expired. Written at most once a minute. Needs the system role: the tenant is not known yet.
 */
export async function findDashboardSession(
  tx: Tx,
  tokenHash: Buffer,
  lifetimeSeconds: number,
): Promise<KeyOfSession | null> {
  const [row] = await tx.sql<KeyOfSession[]>`
    select session.id as "sessionId", key.id, key.tenant_id as "tenantId", key.name, key.scope,
      (extract(epoch from least(key.expires_at, session.expires_at) - now()) * 1000)::float8 as "expiresInMs"
    from dashboard_sessions session join api_keys key on key.id = session.api_key_id
    where session.token_hash = ${tokenHash} and session.expires_at > now()
      and key.revoked_at is null and (key.expires_at is null or key.expires_at > now())`;
  if (row === undefined) return null;
  await tx.sql`
    update dashboard_sessions
    set last_seen_at = now(), expires_at = now() + ${lifetimeSeconds} * interval '1 second'
    where id = ${row.sessionId} and last_seen_at < now() - interval '1 minute'`;
  return row;
}

/** When a session of the tenant ends by itself (ISO 8601); null when there is no such session. */
export async function readSessionExpiry(tx: Tx, id: string): Promise<string | null> {
  const [row] = await tx.sql<{ expires_at: Date }[]>`
    select expires_at from dashboard_sessions where id = ${id}`;
  return row === undefined ? null : isoTime(row.expires_at);
}

/** Ends a session; one that has ended already is no error. */
export async function deleteDashboardSession(tx: Tx, id: string): Promise<void> {
  await tx.sql`delete from dashboard_sessions where id = ${id}`;
}
