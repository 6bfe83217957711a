import { type ApiScope, OutriderError } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { isoTime, isoTimeOrNull } from '../times/iso-time.js';

/** A key about to be stored. The secret itself never is. */
export interface NewApiKey {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly publicId: string;
  readonly environment: string;
  /** SHA-256 of the whole key: it has 256 random bits, so a slow hash would add nothing. */
  readonly secretHash: Buffer;
  readonly lastFour: string;
  readonly scope: ApiScope;
  /** ISO 8601; null for a key that never expires. */
  readonly expiresAt: string | null;
}

/** What a request's key is checked against. */
export interface StoredApiKey {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly scope: ApiScope;
  readonly secretHash: Buffer;
  /** Neither revoked nor expired, by the database's clock. */
  readonly usable: boolean;
  /** Milliseconds until it expires; null for a key that never does. */
  readonly expiresInMs: number | null;
}

/** A key as its owner sees it. */
export interface ListedApiKey {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly lastFour: string;
  readonly scope: ApiScope;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
}

/** Stores a key. */
export async function insertApiKey(tx: Tx, key: NewApiKey): Promise<void> {
  await tx.sql`
    insert into api_keys (id, tenant_id, name, public_id, environment, secret_hash, last_four, scope, expires_at)
    values (${key.id}, ${key.tenantId}, ${key.name}, ${key.publicId}, ${key.environment}, ${key.secretHash},
      ${key.lastFour}, ${key.scope}, ${key.expiresAt})
    on conflict (public_id) do nothing`;
}

/** Finds a key by the part of it that is no secret, or null. Needs the system role: the tenant is not known yet. */
export async function findApiKey(tx: Tx, publicId: string): Promise<StoredApiKey | null> {
  const [row] = await tx.sql<StoredApiKey[]>`
    select id, tenant_id as "tenantId", name, scope, secret_hash as "secretHash",
      revoked_at is null and (expires_at is null or expires_at > now()) as usable,
      (extract(epoch from expires_at - now()) * 1000)::float8 as "expiresInMs"
    from api_keys where public_id = ${publicId}`;
  return row ?? null;
}

/** Notes that a key was used, at most once a minute. */
export async function touchApiKey(tx: Tx, id: string): Promise<void> {
  await tx.sql`
    update api_keys set last_used_at = now()
    where id = ${id} and (last_used_at is null or last_used_at < now() - interval '1 minute')`;
}

/** Whether a tenant has an admin key that works. Locks the tenant, so that of two askers the second sees what the first makes. */
export async function hasUsableAdminKey(tx: Tx, tenantId: string): Promise<boolean> {
  await tx.sql`select 1 from tenants where id = ${tenantId} for update`;
  const [row] = await tx.sql<{ found: boolean }[]>`
    select exists (
      select from api_keys where tenant_id = ${tenantId} and scope = 'admin' and revoked_at is null
        and (expires_at is null or expires_at > now())
    ) as found`;
  return row?.found ?? false;
}

interface ApiKeyRow {
  id: string;
  name: string;
  public_id: string;
  environment: string;
  last_four: string;
  scope: ApiScope;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
}

/** Keys of the tenant, newest first, revoked ones too. */
export async function listApiKeys(
  tx: Tx,
  filter: { readonly limit: number; readonly after: Place | null },
): Promise<Slice<ListedApiKey>> {
  const { limit, after } = filter;
  const rows = await tx.sql<ApiKeyRow[]>`
    select id, name, public_id, environment, last_four, scope, created_at, expires_at, revoked_at, last_used_at
    from api_keys
    where true ${after === null ? tx.sql`` : tx.sql`and id < ${after[0] ?? ''}::uuid`}
    order by id desc limit ${limit + 1}`;
  return sliceOf(rows, limit, toListedKey, (row) => [row.id]);
}

/** One key of the tenant. Throws `not_found`. */
export async function readApiKey(tx: Tx, id: string): Promise<ListedApiKey> {
  const [row] = await tx.sql<ApiKeyRow[]>`
    select id, name, public_id, environment, last_four, scope, created_at, expires_at, revoked_at, last_used_at
    from api_keys where id = ${id}`;
  if (row === undefined) throw new OutriderError('not_found', 'There is no such API key.');
  return toListedKey(row);
}

/**
 * Revokes a key; revoking it again changes nothing. Throws `not_found`, and `last_admin_key` for the one
 * usable key that may make others: without it nobody could let anybody in again.
 */
export async function revokeApiKey(tx: Tx, id: string): Promise<void> {
  // In one order, so that two revocations at once neither deadlock nor each take the other for the last one left.
  const keys = await tx.sql<{ id: string; scope: ApiScope; usable: boolean }[]>`
    select id, scope, revoked_at is null and (expires_at is null or expires_at > now()) as usable
    from api_keys where scope = 'admin' or id = ${id} order by id for no key update`;
  const wanted = keys.find((key) => key.id === id);
  if (wanted === undefined) throw new OutriderError('not_found', 'There is no such API key.');
  const others = keys.filter((key) => key.id !== id && key.scope === 'admin' && key.usable);
  if (wanted.scope === 'admin' && wanted.usable && others.length === 0) {
    throw new OutriderError('last_admin_key', 'Make another admin key before this one is revoked.');
  }
  await tx.sql`update api_keys set revoked_at = now() where id = ${id} and revoked_at is null`;
}

function toListedKey(row: ApiKeyRow): ListedApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: `crw_${row.environment}_${row.public_id}`,
    lastFour: row.last_four,
    scope: row.scope,
    createdAt: isoTime(row.created_at),
    expiresAt: isoTimeOrNull(row.expires_at),
    revokedAt: isoTimeOrNull(row.revoked_at),
    lastUsedAt: isoTimeOrNull(row.last_used_at),
  };
}
