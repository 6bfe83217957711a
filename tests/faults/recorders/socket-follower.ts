import {
  type ClientMessages,
  type ServerMessages,
  SOCKET_NAMESPACE,
  SOCKET_PATH,
  type SubscribeAnswer,
} from '@outrider/shared';
import { io, type Socket } from 'socket.io-client';
import type { SeenEvent } from './event-reader.js';

/** A client that follows a campaign over Socket.IO and comes back by itself, with the last number it saw. */
export interface SocketFollower {
  /** As they came, over all its connections. */
  readonly seen: readonly SeenEvent[];
  /** How often it has connected. */
  readonly connections: () => number;
  readonly isFollowing: () => boolean;
  close(): void;
}

/** Follows a campaign from its beginning. */
export function followOverSocket(origin: string, key: string, campaignId: string): SocketFollower {
  const seen: SeenEvent[] = [];
  let connections = 0;
  let isFollowing = false;
  const socket: Socket<ServerMessages, ClientMessages> = io(`${origin}${SOCKET_NAMESPACE}`, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    auth: { key },
    forceNew: true,
    reconnectionDelay: 100,
    reconnectionDelayMax: 1_000,
  });
  socket.on('connect', () => {
    connections += 1;
    const after = seen.at(-1)?.seq ?? 0;
    socket.emit('subscribe', { campaignId, after }, (answer: SubscribeAnswer) => {
      isFollowing = answer.ok && answer.from === after;
    });
  });
  socket.on('disconnect', () => {
    isFollowing = false;
  });
  socket.on('events', ({ events }) => {
    seen.push(...events.map(({ seq, eventType }) => ({ seq, type: eventType })));
  });
  return {
    seen,
    connections: () => connections,
    isFollowing: () => isFollowing,
    close: () => void socket.disconnect(),
  };
}
