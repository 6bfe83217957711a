import type { ClientMessages, EventsMessage, ServerMessages } from '@outrider/shared';
import { SOCKET_NAMESPACE, SOCKET_PATH } from '@outrider/shared';
import { io, type Socket } from 'socket.io-client';

export type TestSocket = Socket<ServerMessages, ClientMessages>;

export interface SocketOptions {
  readonly auth?: Readonly<Record<string, unknown>>;
  readonly namespace?: string;
  readonly transport?: 'websocket' | 'polling';
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** A socket that is not connected yet, and does not come back by itself. */
export function makeSocket(origin: string, options: SocketOptions = {}): TestSocket {
  const {
    auth = {},
    namespace = SOCKET_NAMESPACE,
    transport = 'websocket',
    headers = {},
    query = {},
  } = options;
  return io(`${origin}${namespace === '/' ? '' : namespace}`, {
    path: SOCKET_PATH,
    transports: [transport],
    auth: { ...auth },
    extraHeaders: { ...headers },
    query: { ...query },
    forceNew: true,
    reconnection: false,
    autoConnect: false,
  });
}

/** Connects; resolves with null, or with the message that it was refused with. */
export function connected(socket: TestSocket): Promise<string | null> {
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(null));
    socket.once('connect_error', (error) => resolve(error.message));
    socket.connect();
  });
}

/** Everything that a socket is told from now on. */
export function collect(socket: TestSocket): EventsMessage[] {
  const messages: EventsMessage[] = [];
  socket.on('events', (message) => messages.push(message));
  return messages;
}
