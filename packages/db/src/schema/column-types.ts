import { bigint, customType } from 'drizzle-orm/pg-core';

/** A moment; the codecs of the connection make it a Date (see connect/value-codecs.ts). */
export const timestamptz = customType<{ data: Date; driverData: Date }>({
  dataType: () => 'timestamp with time zone',
});

export const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });

/** A bigint that counts something, and so stays below 2^53. */
export function count(name?: string) {
  return name === undefined ? bigint({ mode: 'number' }) : bigint(name, { mode: 'number' });
}
