import { createHash, type Hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createGunzip, type Gunzip } from 'node:zlib';
import { OutriderError } from '@outrider/shared';

/** Whether a request brings a body at all (RFC 9112, section 6.3). */
export function hasBody(request: IncomingMessage): boolean {
  if (request.headers['transfer-encoding'] !== undefined) return true;
  return Number(request.headers['content-length'] ?? 0) > 0;
}

/** The bytes of a body as they arrive, gzip undone, with their hash once they are all here. */
export interface BodyStream {
  readonly chunks: AsyncIterable<Buffer>;
  /** SHA-256 of the bytes after decoding; complete when `chunks` has ended. */
  digest(): Buffer;
}

/**
 * Opens the body of a request. Throws `unsupported_media_type` for an encoding other than gzip, and while
 * reading `payload_too_large` past `limit` bytes, before and after decoding alike, and `bad_request` for a
 * body that breaks off or is not gzip. `advice` is what to do with a body that is too large.
 */
export function openBody(request: IncomingMessage, limit: number, advice = ''): BodyStream {
  const hash = createHash('sha256');
  return { chunks: readChunks(request, { limit, advice }, hash), digest: () => hash.copy().digest() };
}

interface Allowance {
  /** In bytes. */
  readonly limit: number;
  readonly advice: string;
}

async function* readChunks(
  request: IncomingMessage,
  allowance: Allowance,
  hash: Hash,
): AsyncGenerator<Buffer> {
  const { limit } = allowance;
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(allowance);
  const source = decoded(request);
  let size = 0;
  try {
    // The request's own stream must outlive this loop: an answer is still to be sent over its socket.
    for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw tooLarge(allowance);
      hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof OutriderError) throw error;
    throw new OutriderError('bad_request', 'The body breaks off, or is not what its Content-Encoding says.', {
      cause: error,
    });
  } finally {
    if (source !== request) {
      request.unpipe();
      source.destroy();
    }
    // What is left of a body that was refused must be read past, or the connection's next request never comes.
    request.resume();
  }
}

function decoded(request: IncomingMessage): IncomingMessage | Gunzip {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity') return request;
  if (encoding !== 'gzip') {
    throw new OutriderError('unsupported_media_type', 'Bodies may be sent as they are, or with gzip.');
  }
  const gunzip = createGunzip();
  // `pipe` passes on data and the end; a broken connection must be passed on too.
  request.once('close', () => {
    if (!request.complete) gunzip.destroy(new Error('the request was aborted'));
  });
  return request.pipe(gunzip);
}

function tooLarge({ limit, advice }: Allowance): OutriderError {
  const most = `At most ${limit.toLocaleString('en')} bytes are accepted here.`;
  return new OutriderError('payload_too_large', advice === '' ? most : `${most} ${advice}`);
}
