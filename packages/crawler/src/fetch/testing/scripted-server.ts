import { type AddressInfo, createServer, type Socket } from 'node:net';

/** What a scripted server sees of one request. */
export interface ScriptedRequest {
  readonly socket: Socket;
  /** The request as sent, head included. */
  readonly text: string;
  /** Which connection of the server this is, from 0. */
  readonly connection: number;
  /** Which request of that connection this is, from 0. */
  readonly ordinal: number;
}

export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** How many connections were accepted so far. */
  connections(): number;
}

/** A TCP server on loopback that answers each request with whatever bytes, or breakage, the script produces. */
export async function scriptedServer(
  script: (request: ScriptedRequest) => void,
  address = '127.0.0.1',
): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer((socket) => {
    const connection = accepted++;
    let ordinal = 0;
    let text = '';
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // The other side hangs up in mid-answer in many tests.
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      const request = { socket, text, connection, ordinal: ordinal++ };
      text = '';
      script(request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${address}:${port}/`,
    connections: () => accepted,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
