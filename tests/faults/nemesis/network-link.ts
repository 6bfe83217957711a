import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A piece of network between a process and a store, and what can happen to it. */
export interface NetworkLink {
  readonly port: number;
  /** Packets stay where they are, in both directions, and arrive after `heal`. Nobody is told. */
  hold(): void;
  /** Every connection breaks, and new ones are refused, until `heal`. */
  cut(): void;
  heal(): void;
  /** How long each packet travels, in milliseconds; both ways, so a round trip takes twice as long. */
  slowDown(milliseconds: number): void;
  /**
   * Breaks every nth connection on which a COMMIT was sent, once the server has done it and before its answer
   * arrives. 0: never.
   */
  breakCommits(every: number): void;
  /** How many commits lost their answer so far. */
  brokenCommits(): number;
  close(): Promise<void>;
}

interface LinkState {
  held: boolean;
  isCut: boolean;
  delayMs: number;
  breakEvery: number;
  commits: number;
  broken: number;
  /** Continues the packets that are held. */
  readonly waiting: Set<() => void>;
}

/** The driver names the statement in its parse message. */
const COMMIT = Buffer.from('commit');
/** PostgreSQL's CommandComplete for it (55.7, Message Formats). */
const COMMITTED = Buffer.from('COMMIT\0');

/** Listens on an address of this machine and relays to a port of its loopback address. */
export async function openNetworkLink(
  targetPort: number,
  { host = '127.0.0.1', port = 0 } = {},
): Promise<NetworkLink> {
  const state: LinkState = {
    held: false,
    isCut: false,
    delayMs: 0,
    breakEvery: 0,
    commits: 0,
    broken: 0,
    waiting: new Set(),
  };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    if (state.isCut) {
      client.resetAndDestroy();
      return;
    }
    const upstream = dial(targetPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    relay(client, upstream, state);
  });
  server.listen(port, host);
  await once(server, 'listening');
  const breakAll = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const goOn = (): void => {
    for (const resume of state.waiting) resume();
    state.waiting.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    hold: () => {
      state.held = true;
    },
    cut: () => {
      state.isCut = true;
      breakAll();
    },
    heal: () => {
      Object.assign(state, { held: false, isCut: false, delayMs: 0, breakEvery: 0 });
      goOn();
    },
    slowDown: (milliseconds) => {
      state.delayMs = milliseconds;
    },
    breakCommits: (every) => {
      state.breakEvery = every;
    },
    brokenCommits: () => state.broken,
    async close() {
      server.close();
      breakAll();
      goOn();
      await once(server, 'close');
    },
  };
}

function relay(client: Socket, upstream: Socket, state: LinkState): void {
  let commitSent = false;
  passOn(client, upstream, state, (packet) => {
    if (packet.includes(COMMIT)) commitSent = true;
    return true;
  });
  passOn(upstream, client, state, (packet) => {
    if (!commitSent || !packet.includes(COMMITTED)) return true;
    commitSent = false;
    state.commits += 1;
    if (state.breakEvery === 0 || state.commits % state.breakEvery !== 0) return true;
    state.broken += 1;
    client.resetAndDestroy();
    return false;
  });
}

/** Packets keep their order: each is sent on once the one before it was. */
function passOn(from: Socket, to: Socket, state: LinkState, mayPass: (packet: Buffer) => boolean): void {
  let last: Promise<void> = Promise.resolve();
  from.on('data', (packet: Buffer) => {
    const arrivedAt = performance.now();
    const isFree = !state.held && state.delayMs === 0;
    last = last.then(async () => {
      if (!isFree || state.held) await travel(state, arrivedAt);
      if (!mayPass(packet) || to.destroyed) return;
      if (!to.write(packet)) await drained(to);
    });
  });
  from.on('end', () => {
    void last.then(() => to.end());
  });
}

async function travel(state: LinkState, arrivedAt: number): Promise<void> {
  const left = arrivedAt + state.delayMs - performance.now();
  if (left > 0) await sleep(left);
  while (state.held) await new Promise<void>((resolve) => state.waiting.add(resolve));
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.once('drain', done);
    socket.once('close', done);
  });
}
