import {
  Agent,
  createServer,
  type IncomingMessage,
  request as requestHttp,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Duplex, Transform, type TransformCallback } from 'node:stream';
import { createSecureContext } from 'node:tls';
import type { AddressPolicy } from '../fetch/address-policy.js';
import { ConnectAttempt, type ConnectOptions } from '../fetch/connect-attempt.js';
import { FetchFault } from '../fetch/fetch-failures.js';
import { type HostResolver, systemResolver } from '../fetch/host-resolver.js';

export interface EgressProxyOptions {
  readonly policy: AddressPolicy;
  readonly resolve?: HostResolver;
  readonly connectTimeoutMs?: number;
  /** Bytes that one answer, or one tunnel, may bring. */
  readonly maxBytes?: number;
  /** Told of bytes received from sites. */
  readonly onBytes?: (bytes: number) => void;
  /** Told of each connection that was refused, with the code of why. */
  readonly onRefused?: (code: string) => void;
}

/** The only way out of the browser. */
export interface EgressProxy {
  /** `127.0.0.1:port`. */
  readonly address: string;
  close(): Promise<void>;
}

/** Headers that belong to one connection (RFC 9110, section 7.6.1). */
const HOP_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * A forward proxy on loopback that holds a browser to the crawler's address rules. Scheme, port and literal
 * address are judged before anything is looked up; every resolved address is judged when the connection is
 * made, and the connection goes to a judged address. Redirects are the browser's, so that each hop is judged.
 */
export async function startEgressProxy(options: EgressProxyOptions): Promise<EgressProxy> {
  const proxy = new Proxying(options);
  const server = createServer((request, response) => proxy.forward(request, response));
  server.on('connect', (request, socket, head) => proxy.tunnel(request, socket, head));
  server.on('clientError', (_, socket) => socket.destroy());
  await listen(server);
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    async close() {
      proxy.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

class Proxying {
  readonly #options: EgressProxyOptions;
  readonly #connectOptions: ConnectOptions;
  readonly #agent: Agent;
  readonly #tunnels = new Set<Duplex>();

  constructor(options: EgressProxyOptions) {
    this.#options = options;
    this.#connectOptions = {
      policy: options.policy,
      resolve: options.resolve ?? systemResolver,
      timeoutMs: options.connectTimeoutMs ?? 10_000,
      // Never used: TLS is between the browser and the site.
      secureContext: createSecureContext(),
    };
    this.#agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: 30_000 });
    this.#agent.createConnection = (target, callback) => {
      this.#connect(String(target.host), Number(target.port ?? 80), (fault, socket) => {
        // Node's types want a socket in either case.
        callback?.(fault, socket as Socket);
      });
      return undefined;
    };
  }

  close(): void {
    this.#agent.destroy();
    for (const socket of this.#tunnels) socket.destroy();
  }

  /** A plain http request in absolute form. */
  forward(request: IncomingMessage, response: ServerResponse): void {
    const url = parseUrl(request.url ?? '');
    const refusal = url === null || url.protocol !== 'http:' ? 'invalid_url' : this.#refusalOf(url);
    if (url === null || refusal !== null) {
      request.resume();
      this.#refuse(response, refusal ?? 'invalid_url');
      return;
    }
    try {
      this.#exchange(request, url, response);
    } catch {
      // A path or a header that cannot be sent.
      this.#refuse(response, 'invalid_url');
    }
  }

  #exchange(request: IncomingMessage, url: URL, response: ServerResponse): void {
    const outgoing = requestHttp(url, {
      agent: this.#agent,
      method: request.method ?? 'GET',
      headers: endToEnd(request.headers),
    });
    outgoing.on('response', (answer) => {
      answer.on('error', () => response.destroy());
      try {
        response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
      } catch {
        // A status or a header that cannot be passed on.
        response.destroy();
        return;
      }
      const gauge = this.#gauge(() => {
        outgoing.destroy();
        response.destroy();
      });
      answer.pipe(gauge).pipe(response);
    });
    outgoing.on('error', (error) => this.#refuse(response, error instanceof FetchFault ? error.code : null));
    response.on('close', () => outgoing.destroy());
    request.pipe(outgoing);
  }

  /** CONNECT: https, and WebSockets of either kind. */
  tunnel(request: IncomingMessage, client: Duplex, head: Buffer): void {
    client.on('error', () => client.destroy());
    const url = parseAuthority(request.url ?? '');
    const refusal = url === null ? 'invalid_url' : this.#refusalOf(url);
    if (url === null || refusal !== null) {
      this.#options.onRefused?.(refusal ?? 'invalid_url');
      client.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#connect(url.hostname, Number(url.port || 443), (fault, socket) => {
      if (socket === null || client.destroyed) {
        if (fault !== null) this.#options.onRefused?.(fault.code);
        socket?.destroy();
        client.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n');
        return;
      }
      this.#join(client, socket, head);
    });
  }

  #join(client: Duplex, socket: Socket, head: Buffer): void {
    const end = (): void => {
      client.destroy();
      socket.destroy();
      this.#tunnels.delete(socket);
    };
    this.#tunnels.add(socket);
    for (const side of [client, socket]) side.on('error', end).on('close', end);
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (head.length > 0) socket.write(head);
    socket.pipe(this.#gauge(end)).pipe(client);
    client.pipe(socket);
  }

  #connect(
    host: string,
    port: number,
    done: (fault: FetchFault | null, socket: Socket | null) => void,
  ): void {
    const hostname = host.startsWith('[') ? host.slice(1, -1) : host;
    // Not kept: it ends by itself, at the latest when its time is over.
    new ConnectAttempt({ hostname, port, secure: false }, this.#connectOptions, (fault, connection) =>
      done(fault, connection?.socket ?? null),
    );
  }

  #refusalOf(url: URL): string | null {
    const verdict = this.#options.policy.checkUrl(url);
    return verdict.allowed ? null : verdict.reason;
  }

  #refuse(response: ServerResponse, code: string | null): void {
    if (code !== null) this.#options.onRefused?.(code);
    if (response.headersSent) response.destroy();
    else response.writeHead(code === 'blocked_address' ? 403 : 502).end();
  }

  /** Counts bytes from the site and ends what brings too many. */
  #gauge(tooMany: () => void): Transform {
    const { onBytes, maxBytes = 50 * 1_048_576 } = this.#options;
    let total = 0;
    return new Transform({
      transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback) {
        total += chunk.length;
        onBytes?.(chunk.length);
        if (total > maxBytes) tooMany();
        else done(null, chunk);
      },
    });
  }
}

function endToEnd(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_HEADERS.has(name)) kept[name] = value;
  }
  return kept;
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** What CONNECT asks for, `host:port` and nothing else (RFC 9110, section 9.3.6): judged and reached as one reading. */
function parseAuthority(text: string): URL | null {
  return /^[^\s/?#@\\]+:\d{1,5}$/.test(text) ? parseUrl(`https://${text}/`) : null;
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}
