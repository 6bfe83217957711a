import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { Worker } from 'node:worker_threads';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { type ScriptedRequest, scriptedServer } from './scripted-server.js';

/** Bytes (latin-1) or many of the same. */
export type AnswerPart = string | { readonly repeat: string; readonly times: number };

export interface CodedBody {
  /** As in `Content-Encoding`. */
  readonly coding: string;
  /** One letter for all bytes, or `noise`, which does not compress well. */
  readonly fill: string;
  readonly bytes: number;
  /** The share of the coded bytes that is sent. */
  readonly cut?: number;
  /** Bytes of something else behind the coded ones. */
  readonly garbage?: number;
}

export interface BadConnection extends AsyncDisposable {
  readonly port: number;
  connections(): number;
  /** Whether the client has closed a connection. */
  closed(): boolean;
}

export function answerBytes(parts: readonly AnswerPart[]): Buffer {
  const texts = parts.map((part) => (typeof part === 'string' ? part : part.repeat.repeat(part.times)));
  return Buffer.from(texts.join(''), 'latin1');
}

/** A whole answer whose body is coded as told, and as broken. */
export function codedAnswer({ coding, fill, bytes, cut = 1, garbage = 0 }: CodedBody): Buffer {
  let body = fill === 'noise' ? noise(bytes) : Buffer.alloc(bytes, fill);
  for (const name of coding.split(', ')) body = encode(name, body);
  body = Buffer.concat([body.subarray(0, Math.ceil(body.length * cut)), Buffer.alloc(garbage, 'garbage')]);
  const head = `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

function encode(coding: string, body: Buffer): Buffer {
  if (coding === 'br') return brotliCompressSync(body);
  return coding === 'deflate' ? deflateSync(body) : gzipSync(body);
}

function noise(bytes: number): Buffer {
  const words = Array.from({ length: Math.ceil(bytes / 8) }, (_, n) =>
    ((n * 2_654_435_761) >>> 0).toString(36),
  );
  return Buffer.from(`noise ${words.join(' ')}`).subarray(0, bytes);
}

/** Answers every request with these bytes, then does what the case says. */
export async function answeringServer(
  bytes: Buffer,
  options: {
    readonly end: 'open' | 'close' | 'reset';
    readonly trickle: string | null;
    readonly stale: number;
  },
): Promise<BadConnection> {
  let closed = false;
  const server = await scriptedServer((request) => {
    request.socket.on('close', () => {
      closed = true;
    });
    if (!isStale(request, options.stale)) reply(request, bytes, options.end, options.trickle);
    else request.socket.resetAndDestroy();
  });
  return { ...server, closed: () => closed };
}

/** The first connection is closed at its second request; with 2, any later connection at once as well. */
function isStale({ connection, ordinal }: ScriptedRequest, stale: number): boolean {
  return (stale > 0 && connection === 0 && ordinal > 0) || (stale > 1 && connection > 0);
}

function reply({ socket }: ScriptedRequest, bytes: Buffer, end: string, trickle: string | null): void {
  socket.write(bytes, () => {
    // Once the bytes are on their way, or a reset would overtake them.
    if (end === 'reset') setTimeout(() => socket.resetAndDestroy(), 50);
  });
  if (end === 'close') socket.end();
  if (trickle === null) return;
  const timer = setInterval(() => socket.write(trickle), 50);
  socket.on('close', () => clearInterval(timer));
}

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');

/** The root under which `valid`, `expired` and `wrong-host` stand. */
export const testRoot = (): string => fixture('trusted-root.pem');

const TLS: Readonly<Record<string, TlsOptions>> = {
  'old protocol': { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
  'anonymous cipher': { maxVersion: 'TLSv1.2', ciphers: 'ADH-AES128-SHA256:@SECLEVEL=0' },
};

/** A server on a TLS port, named by its certificate or by what is wrong with it. */
export async function tlsServer(name: string): Promise<BadConnection> {
  if (name === 'stall') return listening(createTcpServer((socket) => socket.on('error', () => undefined)));
  if (name === 'plain http') {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    return listening(server);
  }
  const options = {
    key: fixture('site.key'),
    cert: fixture(`${name in TLS || name.startsWith('http') ? 'valid' : name}.pem`),
  };
  if (name === 'http/2 only') return listening(createSecureServer({ ...options, allowHTTP1: false }));
  const server = createTlsServer({ ...options, ...TLS[name] }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody'));
  });
  server.on('tlsClientError', () => undefined);
  return listening(server);
}

async function listening(server: Server): Promise<BadConnection> {
  let connections = 0;
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    connections: () => connections,
    closed: () => false,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A listener that never accepts, with its queue filled: the kernel then drops further SYNs. */
export async function unreachableServer(): Promise<BadConnection> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 0);
     });`,
    { eval: true },
  );
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  return {
    port,
    connections: () => 0,
    closed: () => false,
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
