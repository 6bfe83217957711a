import { newId, type Tenant } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { isoTime } from '../times/iso-time.js';

/** The tenant of that name, made if it is missing; safe when two processes do it at once. Needs the system role. */
export async function ensureTenant(tx: Tx, name: string): Promise<string> {
  await tx.sql`insert into tenants (id, name) values (${newId()}, ${name}) on conflict (name) do nothing`;
  const [row] = await tx.sql<{ id: string }[]>`select id from tenants where name = ${name}`;
  if (row === undefined) throw new Error(`the tenant ${name} was removed while it was read`);
  return row.id;
}

/** Tenants in the order in which they were made: all, or one. Needs the system role. */
export async function listTenants(
  tx: Tx,
  filter: {
    readonly limit: number;
    readonly after: Place | null;
    /** The exact name. */
    readonly name: string | undefined;
    /** Only this one; null for all. */
    readonly onlyId: string | null;
  },
): Promise<Slice<Tenant>> {
  const { limit, after, name, onlyId } = filter;
  const rows = await tx.sql<{ id: string; name: string; created_at: Date }[]>`
    select id, name, created_at from tenants
    where true
      ${after === null ? tx.sql`` : tx.sql`and id > ${after[0] ?? ''}::uuid`}
      ${name === undefined ? tx.sql`` : tx.sql`and name = ${name}`}
      ${onlyId === null ? tx.sql`` : tx.sql`and id = ${onlyId}`}
    order by id limit ${limit + 1}`;
  return sliceOf(
    rows,
    limit,
    ({ id, name: own, created_at }) => ({ id, name: own, createdAt: isoTime(created_at) }),
    ({ id }) => [id],
  );
}
