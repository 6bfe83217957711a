import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { createMetrics } from './create-metrics.js';
import { type HealthReport, type MetricsServer, startMetricsServer } from './metrics-server.js';

const HEALTHY: HealthReport = { healthy: true, checks: { queue: { ok: true } } };
const servers: MetricsServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(
  health: () => Promise<HealthReport> = () => Promise.resolve(HEALTHY),
): Promise<MetricsServer> {
  const { registry } = createMetrics('worker', { version: '1.2.3' });
  const server = await startMetricsServer({ port: 0, host: '127.0.0.1', registry, health });
  servers.push(server);
  return server;
}

async function ask(port: number, path: string, method = 'GET') {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method }, resolve).on('error', reject).end();
  });
  return { status: response.statusCode, type: response.headers['content-type'], body: await text(response) };
}

describe('the metrics server', () => {
  it('serves the registry in the text format of Prometheus', async () => {
    const { port } = await start();
    const { status, type, body } = await ask(port, '/metrics');
    expect(status).toBe(200);
    expect(type).toContain('text/plain; version=0.0.4');
    expect(body).toContain('outrider_build_info{');
    expect(body).toContain('process_resident_memory_bytes');
  });

  it('reports health as JSON, with 200 or 503', async () => {
    const good = await ask((await start()).port, '/healthz');
    expect([good.status, JSON.parse(good.body)]).toEqual([200, HEALTHY]);
    const ill = { healthy: false, checks: { queue: { ok: false, detail: 'no canary' } } };
    const bad = await ask((await start(() => Promise.resolve(ill))).port, '/healthz');
    expect([bad.status, JSON.parse(bad.body)]).toEqual([503, ill]);
  });

  it('is unhealthy when the check throws, without saying what the error said', async () => {
    const { port } = await start(() => Promise.reject(new Error('postgres://u:secret@db')));
    const { status, body } = await ask(port, '/healthz');
    expect(status).toBe(503);
    expect(body).not.toContain('secret');
  });

  it('is unhealthy when the check hangs', async () => {
    const { port } = await start(() => new Promise(() => undefined));
    expect((await ask(port, '/healthz')).status).toBe(503);
  });

  it('knows no other path and no other method', async () => {
    const { port } = await start();
    expect((await ask(port, '/')).status).toBe(404);
    expect((await ask(port, '/metrics/x')).status).toBe(404);
    expect((await ask(port, '/metrics', 'POST')).status).toBe(405);
    expect((await ask(port, '/metrics?x=1')).status).toBe(200);
  });

  it('cuts off a client that does not finish its request', async () => {
    const { port } = await start();
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).resume();
    socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  }, 60_000);

  it('refuses a port that is taken', async () => {
    const { port } = await start();
    const { registry } = createMetrics('worker', { version: '1.2.3' });
    const second = startMetricsServer({
      port,
      host: '127.0.0.1',
      registry,
      health: () => Promise.resolve(HEALTHY),
    });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('closes while a client keeps its connection open', async () => {
    const server = await start();
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    await server.close();
    socket.destroy();
  });
});
