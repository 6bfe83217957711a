import type { ClientMessages, ServerMessages } from '@outrider/shared';
import type { Server, Socket } from 'socket.io';
import type { Caller } from '../access/caller.js';

type NoMessages = Record<never, never>;

/** What is known of a socket: who it is, once that is known. */
export interface SocketFacts {
  caller?: Caller;
}

/** A Socket.IO server that speaks our messages, and a socket of it. */
export type LiveServer = Server<ClientMessages, ServerMessages, NoMessages, SocketFacts>;
export type LiveSocket = Socket<ClientMessages, ServerMessages, NoMessages, SocketFacts>;
