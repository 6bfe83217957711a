import type { IncomingHttpHeaders } from 'node:http';
import { BlockList } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether a request was made on this very machine: it came over loopback, and no proxy says that it passed it on. */
export function isFromThisMachine(remoteAddress: string, headers: IncomingHttpHeaders): boolean {
  if (headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined) return false;
  const address = remoteAddress.replace(/^::ffff:(?=[\d.]+$)/i, '');
  return LOOPBACK.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
}
