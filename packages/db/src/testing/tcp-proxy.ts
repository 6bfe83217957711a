import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';

/** A loopback relay before a server, to look at the traffic and to cut it. */
export interface TcpProxy {
  readonly port: number;
  /** How often a client has spoken after the server had: the round trips it began. */
  roundTrips(): number;
  /** Passes nothing on any more, yet keeps the connections: a network that swallows packets. */
  freeze(): void;
  /** Breaks every connection, as a dead network would show itself. */
  cut(): void;
  close(): Promise<void>;
}

export interface TcpProxyOptions {
  readonly targetPort: number;
  /** Default: any free one. */
  readonly port?: number;
  /** Breaks a connection instead of passing on what the server says at its so many'th turn, from 0. Default: never. */
  readonly cutAtPiece?: number;
}

export async function startTcpProxy({
  targetPort,
  port = 0,
  cutAtPiece,
}: TcpProxyOptions): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let roundTrips = 0;

  const server = createServer((client) => {
    const upstream = dial(targetPort, '127.0.0.1');
    let serverSpokeLast = true;
    let pieces = 0;
    client.on('data', () => {
      if (serverSpokeLast) roundTrips += 1;
      serverSpokeLast = false;
    });
    upstream.on('data', () => {
      serverSpokeLast = true;
      if (pieces === cutAtPiece) client.destroy();
      pieces += 1;
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    roundTrips: () => roundTrips,
    freeze: () => {
      for (const socket of sockets) socket.pause().unpipe();
    },
    cut,
    close: async () => {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}
