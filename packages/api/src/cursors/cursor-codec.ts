import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Place } from '@outrider/db';
import { OutriderError } from '@outrider/shared';
import { z } from 'zod';

/** What a cursor belongs to; it is good for nothing else. */
export interface CursorBinding {
  readonly tenantId: string;
  readonly route: string;
  /** Everything else that decides which rows a list has, and their order. */
  readonly filters: Readonly<Record<string, unknown>>;
}

export interface CursorCodec {
  encode(place: Place, binding: CursorBinding): string;
  /** Throws `invalid_cursor` for one that was changed, is too old, or belongs to another list or tenant. */
  decode(cursor: string, binding: CursorBinding): Place;
}

/** Long enough for a walk that is resumed the next morning. */
const LIFETIME_MS = 24 * 3_600_000;
const SIGNATURE_BYTES = 16;

const payload = z.tuple([z.number(), z.array(z.union([z.string(), z.number()]))]);

/**
 * Cursors as opaque text: the time, the place, and an HMAC-SHA-256 over both and the binding. All API
 * processes of a platform must be given the same secret; see `readFirstSecret`.
 */
export function createCursorCodec(secret: Buffer, now: () => number = Date.now): CursorCodec {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'outrider list cursors', 32));

  function sign(content: string, { tenantId, route, filters }: CursorBinding): Buffer {
    const sorted = Object.entries(filters)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const bound = JSON.stringify([tenantId, route, sorted, content]);
    return createHmac('sha256', key).update(bound).digest().subarray(0, SIGNATURE_BYTES);
  }

  return {
    encode: (place, binding) => {
      const content = Buffer.from(JSON.stringify([now(), place])).toString('base64url');
      return `${content}.${sign(content, binding).toString('base64url')}`;
    },
    decode: (cursor, binding) => {
      const [content = '', signature = '', rest] = cursor.split('.');
      const given = Buffer.from(signature, 'base64url');
      const isOurs =
        rest === undefined &&
        given.length === SIGNATURE_BYTES &&
        timingSafeEqual(given, sign(content, binding));
      if (!isOurs) throw invalidCursor('It was not given out for this list.');
      const [issuedAt, place] = payload.parse(JSON.parse(Buffer.from(content, 'base64url').toString('utf8')));
      if (now() - issuedAt > LIFETIME_MS) throw invalidCursor('It is more than a day old.');
      return place;
    },
  };
}

function invalidCursor(why: string): OutriderError {
  return new OutriderError('invalid_cursor', `${why} Start again without a cursor.`);
}
