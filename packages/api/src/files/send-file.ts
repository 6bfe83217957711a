import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';

/** Bytes that never change under their address. */
export interface StoredFile {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

const ONE_YEAR = 31_536_000;

/**
 * Answers with a file that a crawl stored, or with 304 to a client that has it (RFC 9110, section 13.1.2).
 * Only the client may keep it: the next one may have a key of another tenant. It came from a site, so nothing
 * is to be made of it but what its type says, and nothing in it runs.
 */
export function sendFile(request: Request, response: Response, { mediaType, bytes }: StoredFile): void {
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  response.setHeader('ETag', etag);
  response.setHeader('Cache-Control', `private, max-age=${ONE_YEAR}, immutable`);
  response.setHeader('Vary', 'Authorization, Cookie');
  response.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'; sandbox");
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (isKnown(request.get('if-none-match'), etag)) {
    response.status(304).end();
    return;
  }
  response.setHeader('Content-Type', mediaType);
  response.setHeader('Content-Disposition', 'inline');
  response.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

/** Weak comparison, as for any conditional GET. */
function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
