import type { Dispatcher } from 'undici';
import { type BodyOwner, BodyReader } from './body-reader.js';
import type { Connection } from './connect-attempt.js';
import type { DeadlineWatch, Watched } from './deadline-watch.js';
import { ExchangeClock } from './exchange-clock.js';
import { FetchFault } from './fetch-failures.js';
import { type FetchOutcome, type FetchResponse, failureOutcome } from './fetch-outcome.js';
import type { FetchRequest } from './fetch-request.js';
import { OutgoingRequest } from './guarded-client.js';
import { exchangeFault, isConnectionLost, isEarlyEnd, isReset } from './network-faults.js';
import { isRedirectStatus, redirectLocation } from './redirect-location.js';
import { requestHeaders } from './request-headers.js';
import { type ParsedHead, parseHead } from './response-head.js';
import { framingFault, type MinimumRate, RateGauge } from './transfer-limits.js';

/** What an exchange needs of its fetcher. */
export interface ExchangeHost {
  readonly watch: DeadlineWatch;
  readonly headersTimeoutMs: number;
  readonly minimumRate: MinimumRate;
  /** Sends a request on a kept or a new connection; one marked `reset` on a new one that is not kept. */
  dispatch(outgoing: OutgoingRequest, exchange: Exchange): void;
}

/** Takes the result: the outcome, or an error that is a defect of the sink. */
export interface ExchangeResult {
  resolve(outcome: FetchOutcome): void;
  reject(error: unknown): void;
}

/** Body bytes that are read and thrown away to keep a connection. A new one costs about as much as these. */
const DRAIN_LIMIT = 64 * 1024;
const MAX_INFORMATIONAL = 20;

/**
 * One request and its response, as undici's dispatch handler. It ends once, in an outcome; whatever undici
 * reports after that is ignored.
 */
export class Exchange implements Dispatcher.DispatchHandler, Watched, BodyOwner {
  private readonly clock = new ExchangeClock();
  private outgoing: OutgoingRequest | null = null;
  private controller: Dispatcher.DispatchController | null = null;
  private connection: Connection | null = null;
  private reused = false;
  private socketBytesBefore = 0;
  private informational = 0;
  private parsed: ParsedHead | null = null;
  private body: BodyReader | null = null;
  private gauge: RateGauge | null = null;
  private drained = 0;
  /** The sink wanted only the beginning of the body. */
  private isCut = false;
  private done = false;

  constructor(
    readonly request: FetchRequest,
    readonly url: URL,
    private readonly host: ExchangeHost,
    private readonly result: ExchangeResult,
  ) {}

  start(): void {
    this.host.watch.add(this);
    this.send(false);
  }

  cancel(): void {
    this.fault(new FetchFault('aborted'));
  }

  checkTime(now: number): void {
    // Looked at rather than listened to: a lane shares one signal among all its fetches, and adding and
    // removing a listener for each costs more than a cancel loses by coming a tick later.
    if (this.request.signal.aborted) {
      this.cancel();
      return;
    }
    const fault = this.deadlineFault(now) ?? this.gauge?.check(now, this.wireBytes()) ?? this.excessFault();
    if (fault !== null) this.fault(fault);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // It waited for a connection longer than it was wanted.
    if (this.done) {
      controller.abort(new FetchFault('aborted'));
      return;
    }
    this.controller = controller;
    this.connection = this.outgoing?.slot?.connection ?? null;
    this.reused = (this.connection?.requests ?? 0) > 0;
    if (this.connection !== null) this.connection.requests += 1;
    this.socketBytesBefore = this.connection?.socket.bytesRead ?? 0;
    this.clock.sent(this.reused ? null : this.connection);
    this.request.onSent?.();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (this.done) return;
    if (status < 200) {
      this.informational += 1;
      if (this.informational > MAX_INFORMATIONAL)
        this.fault(new FetchFault('protocol_error', 'endless 1xx answers'));
      return;
    }
    const headAt = this.clock.headArrived();
    this.gauge = new RateGauge(this.host.minimumRate, headAt);
    try {
      this.parsed = parseHead(status, controller.rawHeaders);
      this.openBody(this.parsed);
    } catch (error) {
      if (error instanceof FetchFault) this.fault(error);
      else this.crash(error);
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.done) return;
    if (this.body !== null) {
      this.body.write(chunk);
      return;
    }
    this.drained += chunk.length;
    if (this.drained > DRAIN_LIMIT) this.letGo();
  }

  onResponseEnd(): void {
    if (this.done) return;
    const excess = this.excessFault();
    if (excess === null) this.finish(this.wasReset());
    else this.fault(excess);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.done || this.retryStale(error)) return;
    if (this.parsed === null) this.fault(exchangeFault(error, false));
    // 204 and 304 have no body whatever they announce (RFC 9110, section 6.4.1).
    else if (isEarlyEnd(error) && hasNoBody(this.parsed.head.status)) this.finish(false);
    else if (!isEarlyEnd(error) || this.wasReset()) this.fault(this.brokenBodyFault(error));
    else if (this.body !== null && this.body.wireBytes === 0)
      this.fault(new FetchFault('truncated', error.message));
    else this.finish(true);
  }

  complete(truncated: boolean): void {
    this.respond(truncated);
    // The compressed stream broke off; what is still on its way is of no use.
    if (this.body?.messageOver === false)
      this.controller?.abort(new FetchFault('aborted', 'the body is broken'));
  }

  satisfied(): void {
    this.isCut = true;
    this.letGo();
  }

  fault(fault: FetchFault): void {
    if (this.done) return;
    this.close();
    this.controller?.abort(fault);
    const remoteAddress = this.connection?.remoteAddress ?? null;
    const status = this.parsed?.head.status ?? null;
    this.result.resolve(failureOutcome(fault, { timings: this.clock.timings(), remoteAddress, status }));
  }

  crash(error: unknown): void {
    if (this.done) return;
    this.close();
    this.controller?.abort(new FetchFault('aborted'));
    this.result.reject(error);
  }

  pause(): void {
    this.gauge?.setPaused(true);
    this.controller?.pause();
  }

  resume(): void {
    this.gauge?.setPaused(false);
    this.controller?.resume();
  }

  private send(fresh: boolean): void {
    const { origin, pathname, search } = this.url;
    // Kept before it is sent: on an idle connection the exchange starts within the call.
    this.outgoing = new OutgoingRequest(origin, pathname + search, requestHeaders(this.request), fresh);
    this.host.dispatch(this.outgoing, this);
  }

  private openBody(parsed: ParsedHead): void {
    const sink = this.request.onHead?.(parsed.head) ?? null;
    if (sink !== null) {
      this.body = new BodyReader(parsed.head.contentEncoding, this.request.maxBodyBytes, sink, this);
    } else if ((parsed.contentLength ?? 0) > DRAIN_LIMIT && !hasNoBody(parsed.head.status)) {
      this.letGo();
    }
  }

  /** The answer is all we want of it: record it, and drop the connection with the rest of the body. */
  private letGo(): void {
    this.respond(false);
    this.controller?.abort(new FetchFault('aborted', 'the body is not wanted'));
  }

  private finish(cutShort: boolean): void {
    this.clock.bodyEnded();
    // Only the decoder may still be working: the server cannot be blamed for that time.
    this.gauge = null;
    if (this.body === null) this.respond(false);
    else this.body.finish(cutShort);
  }

  private respond(truncated: boolean): void {
    if (this.done || this.parsed === null) return;
    this.clock.bodyEnded();
    this.close();
    const { head, location } = this.parsed;
    this.settle({
      kind: 'response',
      status: head.status,
      headers: head.headers,
      httpVersion: '1.1',
      remoteAddress: this.connection?.remoteAddress ?? '',
      location: isRedirectStatus(head.status) ? redirectLocation(location, this.url) : null,
      contentType: head.contentType,
      contentEncoding: head.contentEncoding,
      timings: this.clock.timings(),
      wireBytes: this.wireBytes(),
      decodedBytes: this.body?.decodedBytes ?? 0,
      bodySha256: this.isCut ? null : (this.body?.digest() ?? null),
      truncated,
    });
  }

  /**
   * Hands the response over once the connection is free again, two turns of the event loop from now: a caller
   * that fetches the next page of the site at once would otherwise open a second connection for it.
   */
  private settle(response: FetchResponse): void {
    queueMicrotask(() => setImmediate(() => this.result.resolve(response)));
  }

  private close(): void {
    this.done = true;
    this.host.watch.delete(this);
    this.body?.destroy();
  }

  private wireBytes(): number {
    return this.body?.wireBytes ?? this.drained;
  }

  private wasReset(): boolean {
    return isReset(this.connection?.socket.errored ?? null);
  }

  private brokenBodyFault(error: Error): FetchFault {
    return this.wasReset()
      ? new FetchFault('connection_reset', 'in mid-body', error)
      : exchangeFault(error, true);
  }

  private excessFault(): FetchFault | null {
    if (this.connection === null) return null;
    return framingFault(this.connection.socket.bytesRead - this.socketBytesBefore, this.wireBytes());
  }

  private deadlineFault(now: number): FetchFault | null {
    const waiting = this.controller !== null && this.parsed === null;
    if (waiting && this.clock.waiting(now) >= this.host.headersTimeoutMs) {
      return new FetchFault('headers_timeout', `${this.host.headersTimeoutMs} ms passed`);
    }
    if (now - this.clock.startedAt < this.request.timeoutMs) return null;
    const detail = `${this.request.timeoutMs} ms passed since the start`;
    if (this.controller === null) return new FetchFault('connect_timeout', detail);
    return new FetchFault(waiting ? 'headers_timeout' : 'body_timeout', detail);
  }

  /**
   * A server may close an idle connection at the moment we send on it. RFC 9110, section 9.2.2, allows one
   * repetition of a GET; it goes out on a connection of its own, since others kept may be as stale.
   */
  private retryStale(error: Error): boolean {
    if (!this.reused || this.parsed !== null || !isConnectionLost(error)) return false;
    // The repetition counts as fresh even if it fails while connecting, so there is only one.
    this.reused = false;
    this.controller = null;
    this.connection = null;
    this.informational = 0;
    this.send(true);
    return true;
  }
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 304;
}
