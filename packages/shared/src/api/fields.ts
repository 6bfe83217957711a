import { z } from 'zod';

/** Fields that resources share. Not part of the package's surface. */
export const count = z.int().min(0);
export const time = z.iso.datetime({ offset: true });
export const json = z.record(z.string(), z.unknown());
/** The key of a URL has the form of a UUID but is a hash, so it has no version (see `urlKey`). */
export const key = z.guid();

/**
 * Where a list goes on; null at its end. A request looks at a bounded number of rows, so that no filter makes it slow:
 * a page may hold fewer items than asked for, or none, and the list goes on all the same.
 */
export const nextCursor = z
  .string()
  .nullable()
  .describe(
    'Where the list goes on; null at its end. A page may hold fewer items than asked for, or none, and yet have a nextCursor: then go on.',
  );
