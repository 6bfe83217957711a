import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FetchLog } from '../log/fetch-log.js';
import type { ExpectedCrawl } from '../site/expected-crawl.js';
import { CONTROL_PREFIX } from './site-server.js';

/** What can be asked of a running site from another process. */
export interface Controls {
  readonly expected: ExpectedCrawl;
  setDelay(delayMs: number): void;
  pause(): void;
  resume(): void;
  clearLog(): void;
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  // Sets become lists.
  response.end(JSON.stringify(value, (_, field: unknown) => (field instanceof Set ? [...field] : field)));
}

function sendLog(response: ServerResponse, log: FetchLog): void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  for (const entry of log.entries()) response.write(`${JSON.stringify(entry)}\n`);
  response.end();
}

function setDelay(response: ServerResponse, controls: Controls, value: string | null): void {
  const delayMs = Number(value === null || value === '' ? Number.NaN : value);
  if (!Number.isSafeInteger(delayMs) || delayMs < 0) {
    sendJson(response, 400, { error: 'ms must be a whole number of milliseconds' });
    return;
  }
  controls.setDelay(delayMs);
  sendJson(response, 200, { delayMs });
}

/**
 * `/__oracle/log` (the fetch log, one JSON line each), `/__oracle/expected` (the expected crawl, as
 * JSON), `/__oracle/set-delay?ms=`, `/__oracle/clear-log`, `/__oracle/pause`, `/__oracle/resume`.
 */
export function createControlEndpoint(
  controls: Controls,
  log: FetchLog,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    switch (url.pathname.slice(CONTROL_PREFIX.length)) {
      case 'log':
        return sendLog(response, log);
      case 'expected':
        return sendJson(response, 200, controls.expected);
      case 'set-delay':
        return setDelay(response, controls, url.searchParams.get('ms'));
      case 'clear-log':
        controls.clearLog();
        return sendJson(response, 200, {});
      case 'pause':
        controls.pause();
        return sendJson(response, 200, {});
      case 'resume':
        controls.resume();
        return sendJson(response, 200, {});
      default:
        return sendJson(response, 404, { error: 'no such control' });
    }
  };
}
