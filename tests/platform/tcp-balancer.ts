import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** One address before several processes. */
export interface TcpBalancer {
  readonly port: number;
  /** Connections that each target has now, by its port. */
  connectionsOf(port: number): number;
  close(): Promise<void>;
}

/** Hands connections out in turn; a target that refuses one is passed over. */
export async function openTcpBalancer(targets: readonly number[]): Promise<TcpBalancer> {
  const open = new Map<number, Set<Socket>>(targets.map((port) => [port, new Set()]));
  let turn = 0;
  const server: Server = createServer((client) => {
    client.on('error', () => client.destroy());
    const first = turn++;
    pass(
      client,
      targets.map((_, nth) => targets[(first + nth) % targets.length] ?? 0),
    );
  });
  function pass(client: Socket, [port, ...others]: readonly number[]): void {
    if (port === undefined) {
      client.destroy();
      return;
    }
    const target = connect(port, '127.0.0.1');
    let isConnected = false;
    target.once('connect', () => {
      isConnected = true;
      open.get(port)?.add(client);
      client.pipe(target).pipe(client);
    });
    target.on('error', () => {
      if (isConnected) client.destroy();
      else pass(client, others);
    });
    target.once('close', () => {
      open.get(port)?.delete(client);
      if (isConnected) client.destroy();
    });
    client.once('close', () => target.destroy());
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connectionsOf: (port) => open.get(port)?.size ?? 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const clients of open.values()) for (const client of clients) client.destroy();
      }),
  };
}
