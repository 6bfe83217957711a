import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { ApiClient } from './api-client.js';
import { ApiProblem, ApiUnreachable } from './api-problem.js';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A client of a server that answers in the one given way. */
async function clientOf(handler: Handler, timeoutMs = 5_000): Promise<ApiClient> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  const client = new ApiClient({ apiUrl: `http://127.0.0.1:${address.port}`, apiKey: 'the-key', timeoutMs });
  cleanups.push(
    () => server.closeAllConnections(),
    () => server.close(),
    () => client.close(),
  );
  return client;
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const ID = '01890000-0000-7000-8000-000000000001';

describe('ApiClient', () => {
  it('sends key, body and an idempotency key, and returns the parsed answer', async () => {
    const seen: { method: string | undefined; url: string | undefined; headers: unknown; body: string }[] =
      [];
    const client = await clientOf((request, response) => {
      void text(request).then((body) => {
        seen.push({ method: request.method, url: request.url, headers: request.headers, body });
        answer(response, 200, { removed: 2 });
      });
    });
    const result = await client.call('removeSeeds', {
      params: { id: ID },
      body: { seeds: ['https://x.org/'] },
    });
    expect(result).toEqual({ removed: 2 });
    expect(seen).toMatchObject([
      {
        method: 'DELETE',
        url: `/api/crawler/campaigns/${ID}/seeds`,
        headers: { authorization: 'Bearer the-key', 'content-type': 'application/json' },
        body: '{"seeds":["https://x.org/"]}',
      },
    ]);
  });

  it('gives every POST an idempotency key of its own', async () => {
    const keys: unknown[] = [];
    const client = await clientOf((request, response) => {
      keys.push(request.headers['idempotency-key']);
      answer(response, 200, { accepted: 1, duplicate: 0, invalid: 0, problems: [] });
    });
    for (let i = 0; i < 2; i += 1)
      await client.call('addSeeds', { params: { id: ID }, body: { seeds: ['x'] } });
    expect(new Set(keys).size).toBe(2);
    expect(keys.every((key) => typeof key === 'string' && key.length >= 32)).toBe(true);
  });

  it('turns problem+json into an ApiProblem with its code and fields', async () => {
    const fields = [{ path: 'seeds.0', code: 'blocked_address', message: 'it lies in loopback' }];
    const client = await clientOf((_, response) =>
      answer(response, 400, {
        type: 'about:blank',
        title: 'Some fields are not valid',
        status: 400,
        code: 'validation_failed',
        detail: 'One field is not valid.',
        requestId: 'r-1',
        fields,
      }),
    );
    const failure = client.call('revokeApiKey', { params: { id: ID } });
    await expect(failure).rejects.toBeInstanceOf(ApiProblem);
    await expect(failure).rejects.toMatchObject({
      status: 400,
      code: 'validation_failed',
      fields,
      requestId: 'r-1',
    });
  });

  it.each([
    ['a page of some other server', 200, '<html>'],
    ['an answer with a field the contract does not know', 200, '{"removed":1,"extra":1}'],
    ['an error that explains nothing', 502, 'Bad Gateway'],
  ])('refuses %s', async (_, status, body) => {
    const client = await clientOf((__, response) => response.writeHead(status).end(body));
    const call = client.call('removeSeeds', { params: { id: ID }, body: { seeds: ['x'] } });
    await expect(call).rejects.toMatchObject({ name: 'ApiProblem', code: 'unexpected_answer', status });
  });

  it.each([
    ['breaks the connection', (request: IncomingMessage) => request.socket.destroy()],
    ['never answers', () => undefined],
  ])('says that the API is unreachable when it %s', async (_, handler) => {
    const client = await clientOf(handler, 300);
    const call = client.call('listCampaigns', {});
    await expect(call).rejects.toBeInstanceOf(ApiUnreachable);
    await expect(call).rejects.toThrow(client.apiUrl);
  });
});
