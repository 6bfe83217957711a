import { newId } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** The tenant of that name, made if it is missing; safe when two processes do it at once. Needs the system role. */
export async function ensureTenant(tx: Tx, name: string): Promise<string> {
  await tx.sql`insert into tenants (id, name) values (${newId()}, ${name}) on conflict (name) do nothing`;
  const [row] = await tx.sql<{ id: string }[]>`select id from tenants where name = ${name}`;
  if (row === undefined) throw new Error(`the tenant ${name} was removed while it was read`);
  return row.id;
}
