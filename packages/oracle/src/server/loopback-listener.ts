import { createServer, type Server } from 'node:http';
import { BlockList } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

const PORT_TRIES = 10;
/** Longer than any client keeps an idle connection, so that the site never closes one under a request. */
const KEEP_ALIVE_MS = 120_000;

/** One HTTP server per address, all on the same port. */
export interface LoopbackListener {
  readonly port: number;
  readonly servers: readonly Server[];
  /** Destroys every connection, answered or not, and frees the port. */
  close(): Promise<void>;
}

/** `count` successive addresses from `first`. @throws RangeError unless all are loopback addresses. */
export function loopbackAddresses(first: string, count: number): string[] {
  const isLoopback = LOOPBACK.check(first, first.includes(':') ? 'ipv6' : 'ipv4');
  const parts = first.split('.');
  const last = Number(parts[3]);
  const fits = count === 1 || (parts.length === 4 && last + count <= 255);
  if (!isLoopback || !fits) {
    throw new RangeError(`a test site lives on loopback only: ${count} address(es) from ${first} are not`);
  }
  if (count === 1) return [first];
  return Array.from({ length: count }, (_, index) => [...parts.slice(0, 3), last + index].join('.'));
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function listenOnAll(addresses: readonly string[], port: number): Promise<LoopbackListener> {
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(closeServer));
  };
  let chosen = port;
  try {
    for (const address of addresses) {
      const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 });
      chosen = await listen(server, address, chosen);
      servers.push(server);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { port: chosen, servers, close };
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

/**
 * Listens on every address with one port; 0 picks a free one. A port that is free on the first address
 * may be taken on another, so then the next one is tried.
 */
export async function listenOnLoopback(
  addresses: readonly string[],
  port: number,
): Promise<LoopbackListener> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await listenOnAll(addresses, port);
    } catch (error) {
      if (port !== 0 || tries === PORT_TRIES || !isPortTaken(error)) throw error;
    }
  }
}
