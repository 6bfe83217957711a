import type { Server as HttpServer } from 'node:http';
import { OutriderError, SOCKET_NAMESPACE, SOCKET_PATH } from '@outrider/shared';
import { Server } from 'socket.io';
import type { Caller } from '../access/caller.js';
import { createTokenBuckets } from '../access/token-buckets.js';
import type { Services } from '../app/services.js';
import { problemOf, toOutriderError } from '../problems/problem.js';
import { type Credentials, identify, identifyAgain } from '../realtime/identify.js';
import { CampaignRooms, type RoomOutlet } from './campaign-rooms.js';
import type { LiveServer, LiveSocket } from './live-socket.js';
import { isOwnOrigin } from './socket-origin.js';
import { type SessionDeps, SocketSession } from './socket-session.js';
import { TenantRooms } from './tenant-rooms.js';

/** Longest message that a client may send, in bytes. */
const MOST_MESSAGE_BYTES = 100_000;
/** How long a client may be connected before it has said who it is, in milliseconds. */
const IDENTIFY_WITHIN_MS = 5_000;
/** Messages of one socket: enough to follow all that one may at once, and ten a second. */
const MESSAGES = { capacity: 100, perMinute: 600, maxNames: 20_000 };

/**
 * Serves live events over Socket.IO beside the HTTP routes. WebSocket alone: a connection then is one socket on one
 * process, and any balancer will do. Returns how to stop.
 */
export function attachSockets(http: HttpServer, services: Services): () => Promise<void> {
  const io: LiveServer = new Server(http, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    serveClient: false,
    maxHttpBufferSize: MOST_MESSAGE_BYTES,
    connectTimeout: IDENTIFY_WITHIN_MS,
    allowRequest: (request, decide) => decide(null, isOwnOrigin(request)),
  });
  // The namespace that Socket.IO always has: nothing is to be had there.
  io.use((_socket, next) => next(refusalOf(new OutriderError('not_found', 'There is no such namespace.'))));
  const namespace = io.of(SOCKET_NAMESPACE);
  const outlet: RoomOutlet = {
    hasRoom: (room) => namespace.adapter.rooms.has(room),
    send: (room, message) => {
      namespace.to(room).emit('events', message);
    },
  };
  const { follower } = services.realtime;
  const deps = {
    services,
    rooms: new CampaignRooms(follower, outlet),
    tenants: new TenantRooms(follower, outlet),
  };
  namespace.use((socket, next) => {
    admit(services, socket).then(
      () => next(),
      (error: unknown) => next(refusalOf(error)),
    );
  });
  const messages = createTokenBuckets(MESSAGES);
  namespace.on('connection', (socket) =>
    converse(socket, deps, services, (id) => messages.take(id) === null),
  );
  return async () => {
    namespace.disconnectSockets(true);
    io.engine.close();
  };
}

/** Finds out who a client is before it may do anything. Throws what it is refused with. */
async function admit({ authenticator, realtime }: Services, socket: LiveSocket): Promise<void> {
  const caller = await identify(authenticator, credentialsOf(socket));
  realtime.connections.assertRoom(caller);
  socket.data.caller = caller;
}

/** A key in `auth`, where browsers can put one, counts like the header. */
function credentialsOf({ handshake }: LiveSocket): Credentials {
  const { headers, address: remoteAddress } = handshake;
  const key: unknown = handshake.auth['key'];
  if (typeof key !== 'string') return { headers, remoteAddress };
  return { headers: { ...headers, authorization: `Bearer ${key}` }, remoteAddress };
}

function converse(
  socket: LiveSocket,
  deps: SessionDeps,
  { authenticator, realtime, logger }: Services,
  maySend: (id: string) => boolean,
): void {
  const { caller } = socket.data;
  if (caller === undefined) {
    socket.disconnect(true);
    return;
  }
  const session = new SocketSession(socket, caller, deps);
  const connection = {
    caller,
    transport: 'socket' as const,
    identify: (): Promise<Caller> => identifyAgain(authenticator, credentialsOf(socket), caller),
    isSlow: () => session.isSlow(),
    cut: session.cut.bind(session),
  };
  socket.use((_message, next) => {
    if (maySend(socket.id)) next();
    else realtime.connections.cut(connection, 'too_fast');
  });
  socket.on('error', (err) => logger.debug({ err }, 'a socket had an error'));
  socket.on('subscribe', (message: unknown, acknowledge: unknown) => {
    void session.subscribe(message, answererOf(acknowledge));
  });
  socket.on('unsubscribe', (message: unknown, acknowledge: unknown) => {
    session.unsubscribe(message, answererOf(acknowledge));
  });
  let leave = (): void => undefined;
  socket.on('disconnect', () => {
    leave();
    session.close();
  });
  try {
    leave = realtime.connections.add(connection);
  } catch {
    // Others came in since it was asked whether there is room.
    connection.cut('too_fast');
  }
}

/** Clients send what they like: without a way to answer nobody hears the answer. */
function answererOf(acknowledge: unknown): (answer: unknown) => void {
  return typeof acknowledge === 'function' ? (answer) => void acknowledge(answer) : () => undefined;
}

/** An error as Socket.IO gives it to a client that is refused: its message is the code, its data the problem. */
function refusalOf(thrown: unknown): Error {
  const error = toOutriderError(thrown);
  const { code, status, detail } = problemOf(error, '');
  return Object.assign(new Error(code), { data: { code, status, detail } });
}
