import { connect } from 'node:net';
import { openDatabase } from '@outrider/db';
import { describe, expect, it } from 'vitest';
import { startServer } from '../http/start-server.js';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { plantSite } from '../testing/plant-site.js';
import { createApp } from './create-app.js';

const api = oneApiPerFile();

// K07
describe('one connection to the database, shared by two tenants', () => {
  it("shows a tenant nothing of the other after that one's request threw, was refused, or was aborted", async () => {
    const { campaignId, executionId } = await plantSite(api());
    const single = openDatabase({
      url: api().db.url,
      role: 'outrider_app',
      applicationName: 'one',
      maxConnections: 1,
    });
    const app = createApp({ ...api().services, database: single }, {});
    const server = await startServer(app, { host: '127.0.0.1', port: 0 });
    const call = (path: string, key: string, init: RequestInit = {}): Promise<Response> =>
      fetch(`http://127.0.0.1:${server.port}/api/crawler${path}`, {
        ...init,
        headers: { authorization: `Bearer ${key}`, ...init.headers },
      });
    const { admin, foreign } = api().keys;
    const disturbances: (() => Promise<unknown>)[] = [
      () => call(`/campaigns/${campaignId}/start`, admin, { method: 'POST' }),
      () => call(`/executions/${campaignId}`, admin),
      () => single.withTenant(api().db.tenantId, (tx) => tx.sql`select 1 / 0`).catch(() => undefined),
      () =>
        single
          .withTenant(api().db.tenantId, (tx) => tx.sql`select pg_sleep(5)`, { statementTimeoutMs: 20 })
          .catch(() => undefined),
      () => abort(server.port, `/api/crawler/campaigns/${campaignId}/errors`, admin),
    ];
    for (const disturb of disturbances) {
      await disturb();
      const list = await call('/campaigns', foreign);
      expect(await list.json()).toEqual({ items: [], nextCursor: null });
      expect((await call(`/executions/${executionId}`, foreign)).status).toBe(404);
    }
    await server.close({ graceMs: 1_000 });
    await single.close();
  });
});

/** Sends a request and is gone before its answer. */
function abort(port: number, path: string, key: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n\r\n`, () =>
        socket.destroy(),
      );
    });
    socket.once('close', () => resolve());
  });
}
