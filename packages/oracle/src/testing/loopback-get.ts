import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface LoopbackAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** One plain GET that follows nothing. Rejects with the socket's error, or when `signal` aborts. */
export function loopbackGet(url: string, signal?: AbortSignal): Promise<LoopbackAnswer> {
  return new Promise((resolve, reject) => {
    const headers = { 'user-agent': 'OracleTest/1' };
    const outgoing = request(url, { agent, headers, ...(signal === undefined ? {} : { signal }) });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    outgoing.end();
  });
}

/** Link targets of a document, resolved and without fragments, in order. */
export function hrefsOf(html: string, base: string): string[] {
  return [...html.matchAll(/<a href="([^"]*)"/g)].map((match) => {
    const url = new URL((match[1] ?? '').replaceAll('&quot;', '"').replaceAll('&amp;', '&'), base);
    url.hash = '';
    return url.href;
  });
}
