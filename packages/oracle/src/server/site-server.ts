import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { FetchLog, OngoingFetch } from '../log/fetch-log.js';
import type { Answer } from '../site/answer.js';
import type { SiteAnswers } from '../site/site-answers.js';
import type { SitePlan } from '../site/site-plan.js';
import { validatedAnswer } from '../site/validated-answer.js';
import { type RouteFunction, type RouteHandler, sendAnswer } from './send-answer.js';

/** Requests below this path steer the site; they are not part of it and not logged. */
export const CONTROL_PREFIX = '/__oracle/';

export interface SiteServerSettings {
  readonly plan: SitePlan;
  readonly port: number;
  readonly answers: SiteAnswers;
  readonly log: FetchLog;
  readonly control: (request: IncomingMessage, response: ServerResponse) => void;
}

function hostName(request: IncomingMessage): string {
  const host = request.headers.host?.toLowerCase() ?? request.socket.localAddress ?? '';
  return host.replace(/:\d*$/, '');
}

/** Answers requests on any number of listening servers: the site's pages, or a test's own routes. */
export class SiteServer {
  readonly #settings: SiteServerSettings;
  readonly #routes = new Map<string, RouteHandler>();
  #delayMs: number;
  #held: (() => void)[] | null = null;
  #interruption: RouteFunction | null = null;

  constructor(settings: SiteServerSettings) {
    this.#settings = settings;
    this.#delayMs = settings.plan.delayMs ?? 0;
  }

  serve(server: Server): void {
    server.on('request', (request, response) => this.#receive(request, response));
  }

  interrupt(answer: RouteFunction | null): void {
    this.#interruption = answer;
  }

  setDelay(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  setRoute(path: string, handler: RouteHandler): void {
    this.#routes.set(path, handler);
  }

  pause(): void {
    this.#held ??= [];
  }

  resume(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const answer of held) answer();
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '/';
    if (path.startsWith(CONTROL_PREFIX)) {
      this.#settings.control(request, response);
      return;
    }
    const host = hostName(request);
    const userAgent = request.headers['user-agent'] ?? '';
    const fetch = this.#settings.log.arrive({ host, path, method: request.method ?? '', userAgent });
    const status = (): number | null => (response.headersSent ? response.statusCode : null);
    response.once('finish', () => fetch.end('answered', status()));
    response.once('close', () => fetch.end('aborted', status()));
    const answer = (): void => {
      if (response.destroyed) return;
      fetch.start();
      this.#answer(request, response, fetch, `http://${host}:${this.#settings.port}`);
    };
    if (this.#held === null) answer();
    else this.#held.push(answer);
  }

  #answer(request: IncomingMessage, response: ServerResponse, fetch: OngoingFetch, origin: string): void {
    const target = request.url ?? '/';
    const route =
      this.#interruption ?? this.#routes.get(target) ?? this.#routes.get(target.split('?', 1)[0] ?? '');
    if (typeof route === 'function') {
      void route(request, response);
      return;
    }
    const plain = route ?? this.#siteAnswer(request, target, origin);
    const isValidated = this.#settings.plan.validators === true;
    const answer = isValidated ? validatedAnswer(plain, request.headers['if-none-match']) : plain;
    sendAnswer(response, answer, this.#delayMs, () => {
      fetch.end('reset', null);
      request.socket.resetAndDestroy();
    });
  }

  #siteAnswer(request: IncomingMessage, target: string, origin: string): Answer {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return { status: 405, headers: { allow: 'GET, HEAD' } };
    }
    const answer = this.#settings.answers.answer(target, origin);
    if (typeof answer === 'string') return answer;
    return { ...answer, headers: { ...this.#settings.plan.headers, ...answer.headers } };
  }
}
