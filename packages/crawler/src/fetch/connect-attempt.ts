import {
  connect as connectTcp,
  isIP,
  type LookupFunction,
  type Socket,
  type TcpNetConnectOpts,
} from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { type AddressPolicy, bareHost } from './address-policy.js';
import { FetchFault } from './fetch-failures.js';
import type { HostResolver, ResolvedAddress } from './host-resolver.js';
import { type ConnectStage, connectFault } from './network-faults.js';

/** An open connection and what it cost to make it, in milliseconds. */
export interface Connection {
  readonly socket: Socket;
  readonly remoteAddress: string;
  readonly dnsMs: number | null;
  readonly connectMs: number;
  readonly tlsMs: number | null;
  /** How many requests have been sent on it. */
  requests: number;
}

export interface ConnectTarget {
  /** A name, or a literal address without brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly secure: boolean;
}

export interface ConnectOptions {
  readonly policy: AddressPolicy;
  readonly resolve: HostResolver;
  /** Limit for name, TCP and TLS together, in milliseconds. */
  readonly timeoutMs: number;
  readonly secureContext: SecureContext;
}

export type ConnectDone = (fault: FetchFault | null, connection: Connection | null) => void;

// All records are checked; more than these are not tried.
const MAX_ADDRESSES = 16;

/**
 * Makes one connection, to an address the policy has seen. The name is resolved once; every record is checked
 * and a single blocked one refuses the host, since which record is used is not ours to rely on. The socket is
 * then given the checked addresses, never the name, so a second answer of a rebinding name is never asked for.
 */
export class ConnectAttempt {
  private stage: ConnectStage = 'dns';
  private stageStart = performance.now();
  private socket: Socket | null = null;
  private dnsMs: number | null = null;
  private connectMs = 0;
  private readonly timer: NodeJS.Timeout;
  private settled = false;

  constructor(
    private readonly target: ConnectTarget,
    private readonly options: ConnectOptions,
    private readonly done: ConnectDone,
  ) {
    this.timer = setTimeout(() => this.fail(this.timeoutFault()), options.timeoutMs);
    const family = isIP(target.hostname);
    if (family !== 0) this.open([{ address: target.hostname, family: family === 6 ? 6 : 4 }]);
    else void this.resolve();
  }

  /** Gives up; `done` is called with the fault unless it was called before. */
  fail(fault: FetchFault): void {
    if (this.settled) return;
    this.settled = true;
    clearTimeout(this.timer);
    this.socket?.destroy();
    this.done(fault, null);
  }

  private async resolve(): Promise<void> {
    try {
      const records = await this.options.resolve(bareHost(this.target.hostname));
      if (this.settled) return;
      this.dnsMs = this.lap();
      this.open(records);
    } catch (error) {
      this.fail(connectFault(error, this.stage));
    }
  }

  private open(records: readonly ResolvedAddress[]): void {
    const fault = this.addressFault(records);
    if (fault !== null) {
      this.fail(fault);
      return;
    }
    this.stage = 'tcp';
    this.stageStart = performance.now();
    const socket = this.connect(records.slice(0, MAX_ADDRESSES));
    this.socket = socket;
    socket.setNoDelay(true);
    socket.once('connect', () => this.connected(socket));
    // Stays for the life of the socket: an error without a listener would end the process.
    socket.on('error', (error) => this.fail(connectFault(error, this.stage)));
    socket.once('close', () => this.fail(new FetchFault('connection_reset', 'closed while connecting')));
  }

  private addressFault(records: readonly ResolvedAddress[]): FetchFault | null {
    if (records.length === 0) return new FetchFault('dns_not_found', 'no addresses');
    for (const { address } of records) {
      const verdict = this.options.policy.check(address);
      if (!verdict.allowed) {
        return new FetchFault('blocked_address', `${address} is in range ${verdict.range}`);
      }
    }
    return null;
  }

  private connect(addresses: readonly ResolvedAddress[]): Socket {
    const { hostname, port, secure } = this.target;
    const where: TcpNetConnectOpts = {
      host: hostname,
      port,
      lookup: answerWith(addresses),
      // RFC 8305: tries the next address when one does not answer quickly.
      autoSelectFamily: addresses.length > 1,
    };
    if (!secure) return connectTcp(where);
    const name = bareHost(hostname);
    const socket = connectTls({
      ...where,
      // RFC 6066: a literal address is never sent as a server name.
      ...(isIP(name) === 0 ? { servername: name } : {}),
      ALPNProtocols: ['http/1.1'],
      secureContext: this.options.secureContext,
    });
    socket.once('secureConnect', () => this.succeed(socket));
    return socket;
  }

  private connected(socket: Socket): void {
    if (this.settled) return;
    this.connectMs = this.lap();
    this.stage = 'tls';
    const verdict = this.options.policy.check(socket.remoteAddress ?? '');
    if (!verdict.allowed) {
      this.fail(
        new FetchFault('blocked_address', `connected to ${socket.remoteAddress}, in range ${verdict.range}`),
      );
    } else if (!this.target.secure) {
      this.succeed(socket);
    }
  }

  private succeed(socket: Socket): void {
    if (this.settled) return;
    this.settled = true;
    clearTimeout(this.timer);
    this.done(null, {
      socket,
      remoteAddress: socket.remoteAddress ?? '',
      dnsMs: this.dnsMs,
      connectMs: this.connectMs,
      tlsMs: this.target.secure ? this.lap() : null,
      requests: 0,
    });
  }

  private lap(): number {
    const now = performance.now();
    const lap = now - this.stageStart;
    this.stageStart = now;
    return lap;
  }

  private timeoutFault(): FetchFault {
    const detail = `${this.options.timeoutMs} ms passed`;
    switch (this.stage) {
      case 'dns':
        return new FetchFault('dns_failure', detail);
      case 'tcp':
        return new FetchFault('connect_timeout', detail);
      case 'tls':
        return new FetchFault('tls_handshake', detail);
    }
  }
}

/** A look-up that looks nothing up: it answers with the addresses that were checked. */
function answerWith(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family ?? 4);
  };
}
