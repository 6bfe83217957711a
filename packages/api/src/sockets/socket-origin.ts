import type { IncomingMessage } from 'node:http';

/**
 * Whether a handshake may have been made by a page of this server. Browsers name the page's origin in every handshake
 * of a WebSocket and let any page make one (RFC 6455, 10.2); other clients name none.
 */
export function isOwnOrigin({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  try {
    return new URL(origin).host === host?.toLowerCase();
  } catch {
    return false;
  }
}
