import { insertApiKey } from '@outrider/db';
import { createTestDatabase, insertTestTenant, type TestDatabase } from '@outrider/db/testing';
import { openLaneQueue, prepareQueueStore, type QueueStore } from '@outrider/queue';
import { type ApiScope, createAddressPolicy, newId, VERSION } from '@outrider/shared';
import { createLogger, createMetrics, type Metrics } from '@outrider/telemetry';
import { createAuthenticator } from '../access/authenticator.js';
import { makeKey } from '../access/key-format.js';
import { createApp } from '../app/create-app.js';
import type { Services } from '../app/services.js';
import { createCapacityDesk } from '../capacity/capacity-desk.js';
import { createCursorCodec } from '../cursors/cursor-codec.js';
import { startServer } from '../http/start-server.js';
import { createRealtime } from '../realtime/realtime.js';
import { attachSockets } from '../sockets/socket-gateway.js';

export interface TestApi {
  readonly origin: string;
  readonly db: TestDatabase;
  /** Keys of the first tenant, one of each scope, and one of another tenant that may do anything. */
  readonly keys: Readonly<Record<ApiScope | 'foreign', string>>;
  readonly foreignTenantId: string;
  readonly metrics: Metrics<'api'>;
  readonly services: Services;
  /** Log lines so far, each one JSON object. */
  readonly logLines: string[];
  /**
   * Sends a request below the base path, or anywhere with two slashes at its start; the key is that of an
   * admin unless another, or null, is given.
   */
  call(method: string, path: string, options?: CallOptions): Promise<TestAnswer>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly key?: string | null;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON; empty where there is none. */
  readonly body: AnswerBody;
  readonly text: string;
}

/** The fields that tests go on with; the rest is compared as a whole. */
export interface AnswerBody {
  readonly id: string;
  readonly code: string;
  readonly key: string;
  readonly items: readonly AnswerBody[];
  readonly nextCursor: string | null;
  readonly fields: readonly { readonly path: string; readonly code: string; readonly message: string }[];
  readonly execution: AnswerBody;
  readonly operation?: AnswerBody;
  readonly [name: string]: unknown;
}

export interface TestApiOptions {
  readonly allowPrivateNetworks?: boolean;
  readonly requestsPerMinute?: number;
  readonly rememberKeysMs?: number;
  readonly requestTimeoutMs?: number;
  readonly operatorKey?: string;
  readonly dashboard?: Services['dashboard'];
  /** How often live connections are asked anew who they are, and how many one key may have. */
  readonly recheckMs?: number;
  readonly liveConnectionsPerKey?: number;
}

/** The whole API on a database of its own, listening on loopback. */
export async function startTestApi(adminUrl: string, options: TestApiOptions = {}): Promise<TestApi> {
  const db = await createTestDatabase(adminUrl);
  const store: QueueStore = { kind: 'postgres', url: db.url, schema: 'bullmq' };
  await prepareQueueStore(store);
  const logLines: string[] = [];
  const destination = { write: (line: string) => void logLines.push(line) };
  const logger = createLogger({ name: 'api', level: 'info', destination });
  const laneQueue = openLaneQueue(store, { logger });
  const metrics = createMetrics('api', { version: VERSION });
  const { allowPrivateNetworks = false, requestsPerMinute = 100_000, rememberKeysMs = 30_000 } = options;
  const { operatorKey, requestTimeoutMs = 60_000, dashboard = null } = options;
  const { recheckMs = 20_000, liveConnectionsPerKey: mostPerKey = 1_000 } = options;
  const services: Services = {
    database: db.app,
    realtime: createRealtime({ system: db.system, logger, metrics, recheckMs, mostPerKey }),
    authenticator: createAuthenticator({ system: db.system, operatorKey, rememberMs: rememberKeysMs }),
    capacity: createCapacityDesk(db.system),
    cursors: createCursorCodec(Buffer.from('a secret of the tests')),
    addressPolicy: createAddressPolicy({ allowPrivateNetworks }),
    laneQueue,
    crashAt: () => undefined,
    dashboard,
    logger,
    metrics,
    requestsPerMinute,
  };
  const app = createApp(services, { database: () => db.system.ping() });
  const server = await startServer(app, {
    host: '127.0.0.1',
    port: 0,
    requestTimeoutMs,
    attach: (http) => attachSockets(http, services),
  });
  const origin = `http://127.0.0.1:${server.port}`;
  const foreignTenantId = await insertTestTenant(db.system, 'another tenant');
  const keys = {
    viewer: await addKey(db, db.tenantId, 'viewer'),
    operator: await addKey(db, db.tenantId, 'operator'),
    admin: await addKey(db, db.tenantId, 'admin'),
    foreign: await addKey(db, foreignTenantId, 'admin'),
  };
  return {
    origin,
    db,
    keys,
    foreignTenantId,
    metrics,
    services,
    logLines,
    call: (method, path, call = {}) => send(origin, method, path, { key: keys.admin, ...call }),
    close: async () => {
      await services.realtime.close();
      await server.close({ graceMs: 1_000 });
      await laneQueue.close();
      await db.drop();
    },
  };
}

/** Stores a key for a tenant and returns its text. */
export async function addKey(
  db: TestDatabase,
  tenantId: string,
  scope: ApiScope,
  expiresAt: string | null = null,
): Promise<string> {
  const { text, hash: secretHash, ...parts } = makeKey();
  await db.app.withTenant(tenantId, (tx) =>
    insertApiKey(tx, { id: newId(), tenantId, name: `a ${scope}`, scope, expiresAt, secretHash, ...parts }),
  );
  return text;
}

async function send(
  origin: string,
  method: string,
  path: string,
  { key, json, body, headers }: CallOptions,
): Promise<TestAnswer> {
  const sent = json === undefined ? body : JSON.stringify(json);
  const url = path.startsWith('//') ? path.slice(1) : `/api/crawler${path}`;
  const answer = await fetch(`${origin}${url}`, {
    method,
    headers: {
      ...(key === null || key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const text = await answer.text();
  const isJson = /\bjson/.test(answer.headers.get('content-type') ?? '');
  return {
    status: answer.status,
    headers: answer.headers,
    body: (isJson && text !== '' ? JSON.parse(text) : {}) as AnswerBody,
    text,
  };
}
