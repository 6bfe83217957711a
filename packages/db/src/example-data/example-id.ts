import { createHash } from 'node:crypto';

/** When the example execution ran. In the past, so that its rows lie in the default partitions. */
export const EXAMPLE_MOMENT = new Date('2026-01-15T10:00:00Z');

/**
 * A UUIDv7 (RFC 9562, section 5.7) of the example's moment that is the same each time for the same tenant
 * and name, so that inserting the example twice finds it there already.
 */
export function exampleId(tenantId: string, name: string): string {
  const time = EXAMPLE_MOMENT.getTime().toString(16).padStart(12, '0');
  const hash = createHash('sha256').update(`${tenantId} ${name}`).digest('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hash.slice(0, 3)}-8${hash.slice(3, 6)}-${hash.slice(6, 18)}`;
}
