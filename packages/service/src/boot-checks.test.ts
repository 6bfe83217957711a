import { type Database, openDatabase } from '@outrider/db';
import { createTestDatabase, type TestDatabase } from '@outrider/db/testing';
import type { QueueStore } from '@outrider/queue';
import { createLogger } from '@outrider/telemetry';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { passBootChecks } from './boot-checks.js';

const DEAD_STORE: QueueStore = { kind: 'redis', url: 'redis://127.0.0.1:1' };
const DEAD_DATABASE = 'postgres://u:p@127.0.0.1:1/none';

let db: TestDatabase;
let logged: string[];
const opened: Database[] = [];

beforeEach(async () => {
  logged = [];
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((database) => database.close()));
  await db.drop();
});

function open(url: string): Database {
  const database = openDatabase({ url, role: 'outrider_system', applicationName: 'test boot' });
  opened.push(database);
  return database;
}

const pass = (over: object = {}) =>
  passBootChecks({
    databases: [db.app, db.system],
    queueStore: { kind: 'postgres', url: db.url, schema: 'boot' },
    logger: createLogger({
      name: 'test',
      level: 'debug',
      destination: { write: (line) => logged.push(line) },
    }),
    signal: new AbortController().signal,
    patienceMs: 0,
    ...over,
  });

describe('the boot checks', () => {
  it('pass on a migrated database and a usable queue store, and again', async () => {
    await expect(pass()).resolves.toBeUndefined();
    await expect(pass()).resolves.toBeUndefined();
  });

  it('refuse a database without our schema at once, however patient', async () => {
    const databases = [open(inject('postgresAdminUrl'))];
    await expect(pass({ databases, patienceMs: 600_000 })).rejects.toMatchObject({
      code: 'migrations_pending',
    });
  });

  it('give up on a database that stays away', async () => {
    await expect(pass({ databases: [open(DEAD_DATABASE)] })).rejects.toThrow();
  });

  it('give up on a queue store that stays away', async () => {
    await expect(pass({ queueStore: DEAD_STORE })).rejects.toMatchObject({ code: 'queue_unavailable' });
  });

  it('say what they wait for, and end the wait when the process is told to stop', async () => {
    const stop = new AbortController();
    const waiting = pass({ queueStore: DEAD_STORE, patienceMs: 600_000, signal: stop.signal });
    const ended = expect(waiting).rejects.toThrow();
    await expect.poll(() => logged.join(''), { timeout: 15_000 }).toContain('waiting for the queue');
    stop.abort();
    await ended;
  });
});
