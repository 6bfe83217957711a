import type { Tx } from '../connect/database.js';
import { isoTime } from '../times/iso-time.js';
import type { KeyOfToken } from './dashboard-sessions.js';

/** A link about to be stored. The token in it never is. */
export interface NewSignInLink {
  readonly id: string;
  readonly tenantId: string;
  readonly apiKeyId: string;
  /** SHA-256 of the token, which has 256 random bits. */
  readonly tokenHash: Buffer;
  readonly lifetimeSeconds: number;
}

/** Stores a link, clears the tenant's old ones, and returns when it expires (ISO 8601). */
export async function insertSignInLink(tx: Tx, link: NewSignInLink): Promise<string> {
  await tx.sql`delete from sign_in_links where tenant_id = ${link.tenantId} and expires_at < now() - interval '1 day'`;
  const [row] = await tx.sql<{ expires_at: Date }[]>`
    insert into sign_in_links (id, tenant_id, api_key_id, token_hash, expires_at)
    values (${link.id}, ${link.tenantId}, ${link.apiKeyId}, ${link.tokenHash},
      now() + ${link.lifetimeSeconds} * interval '1 second')
    returning expires_at`;
  if (row === undefined) throw new Error('the link was not stored');
  return isoTime(row.expires_at);
}

/**
 * The key of a link that was neither used nor has expired, and which is used up by this; null otherwise. Of two who come
 * at once, one gets it. Needs the system role: the tenant is not known yet.
 */
export async function useSignInLink(tx: Tx, tokenHash: Buffer): Promise<KeyOfToken | null> {
  const [row] = await tx.sql<KeyOfToken[]>`
    update sign_in_links link set used_at = now()
    from api_keys key
    where key.id = link.api_key_id and link.token_hash = ${tokenHash}
      and link.used_at is null and link.expires_at > now()
      and key.revoked_at is null and (key.expires_at is null or key.expires_at > now())
    returning key.id, key.tenant_id as "tenantId", key.name, key.scope,
      (extract(epoch from least(key.expires_at, link.expires_at) - now()) * 1000)::float8 as "expiresInMs"`;
  return row ?? null;
}
