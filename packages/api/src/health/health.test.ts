import { newId } from '@outrider/shared';
import express from 'express';
import { describe, expect, it } from 'vitest';
import { startServer } from '../http/start-server.js';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { mountHealth } from './mount-health.js';

const api = oneApiPerFile();

/** How many series of ours there are; those of Node.js itself appear with the first collection of each kind of garbage. */
async function series(): Promise<number> {
  const { text } = await api().call('GET', '//metrics', { key: null });
  return text.split('\n').filter((line) => line.startsWith('outrider_')).length;
}

describe('health', () => {
  it('is told to everybody, and so is readiness with what was looked at', async () => {
    expect((await api().call('GET', '//healthz', { key: null })).body).toMatchObject({ healthy: true });
    expect((await api().call('GET', '//readyz', { key: null })).body).toEqual({
      healthy: true,
      checks: { database: { ok: true } },
    });
  });

  it('is 503 while something does not answer, and tells nothing of why', async () => {
    const app = express();
    mountHealth(app, api().metrics, {
      database: () => Promise.resolve(),
      queue: () => Promise.reject(new Error('redis://user:secret@host')),
    });
    const server = await startServer(app, { host: '127.0.0.1', port: 0 });
    const answer = await fetch(`http://127.0.0.1:${server.port}/readyz`);
    const text = await answer.text();
    await server.close({ graceMs: 0 });
    expect(answer.status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({
      healthy: false,
      checks: { database: { ok: true }, queue: { ok: false } },
    });
    expect(text).not.toContain('secret');
  });
});

describe('metrics', () => {
  it('count answers by the template of their route', async () => {
    await api().call('GET', `/campaigns/${newId()}`);
    const { text, headers } = await api().call('GET', '//metrics', { key: null });
    expect(headers.get('content-type')).toContain('text/plain');
    expect(text).toMatch(
      /outrider_http_request_duration_seconds_count\{[^}]*route="\/api\/crawler\/campaigns\/:id"[^}]*status_class="4xx"[^}]*\} \d/,
    );
  });

  // D07
  it('have as many series after 2,000 different URLs, hosts, methods and ids as before', async () => {
    const json = (index: number) => ({ name: `n${index}`, seeds: [`https://host-${index}.example/`] });
    const round = async (from: number, to: number): Promise<void> => {
      for (let index = from; index < to; index += 4) {
        await Promise.all([
          api().call('GET', `/campaigns/${newId()}`),
          api().call('GET', `/nothing/${index}`),
          api().call('POST', '/campaigns', { json: json(index) }),
          api().call(index % 8 === 0 ? 'PURGE' : 'PROPFIND', `/campaigns/${index}`),
        ]);
      }
    };
    await round(0, 40);
    const before = await series();
    await round(40, 2_040);
    expect(await series()).toBe(before);
  });
});
