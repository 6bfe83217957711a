import { z } from 'zod';

/** Fields that resources share. Not part of the package's surface. */
export const count = z.int().min(0);
export const time = z.iso.datetime({ offset: true });
export const json = z.record(z.string(), z.unknown());
/** The key of a URL has the form of a UUID but is a hash, so it has no version (see `urlKey`). */
export const key = z.guid();
