import { readFileSync } from 'node:fs';
import { type EventsMessage, newId, type SubscribeAnswer, type SubscribeMessage } from '@outrider/shared';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import {
  collect,
  connected,
  makeSocket,
  type SocketOptions,
  type TestSocket,
} from '../testing/open-socket.js';
import { addKey } from '../testing/start-test-api.js';
import { writeEvents } from '../testing/write-events.js';

interface BadCase {
  readonly id: string;
  readonly layer: 'handshake' | 'message';
  readonly input: SocketOptions & { readonly message?: unknown };
  readonly expected: { readonly refused?: string; readonly code?: string };
}

const CASES = JSON.parse(
  readFileSync(new URL('../../../../fixtures/bad-inputs/realtime.json', import.meta.url), 'utf8'),
) as readonly BadCase[];

const api = oneApiPerFile({ rememberKeysMs: 100, recheckMs: 200 });
const names: Record<string, string> = {};
let campaignId: string;

async function createCampaign(key = api().keys.admin): Promise<string> {
  const json = { name: 'Followed', seeds: ['https://example.org/'] };
  return (await api().call('POST', '/campaigns', { json, key })).body.id;
}

beforeAll(async () => {
  const made = await api().call('POST', '/api-keys', { json: { name: 'revoked', scope: 'viewer' } });
  await api().call('DELETE', `/api-keys/${made.body.id}`);
  Object.assign(names, { viewer: api().keys.viewer, revoked: made.body.key, tenant: api().db.tenantId });
  Object.assign(names, { unknown: newId(), foreign: await createCampaign(api().keys.foreign) });
});
beforeEach(async () => {
  campaignId = await createCampaign();
  names['campaign'] = campaignId;
});

/** The input with names in braces filled in. */
function filled<T>(input: T): T {
  const text = JSON.stringify(input).replace(/\{([a-z]+)\}/g, (all, name: string) => names[name] ?? all);
  return JSON.parse(text) as T;
}

function socketOf(options: SocketOptions): TestSocket {
  const socket = makeSocket(api().origin, options);
  onTestFinished(() => void socket.disconnect());
  return socket;
}

async function open(key = api().keys.viewer): Promise<TestSocket> {
  const socket = socketOf({ auth: { key } });
  expect(await connected(socket)).toBeNull();
  return socket;
}

const subscribe = (socket: TestSocket, message: unknown): Promise<SubscribeAnswer> =>
  socket.timeout(5_000).emitWithAck('subscribe', message as SubscribeMessage);
const numbers = (messages: readonly EventsMessage[]): number[] =>
  messages.flatMap(({ events }) => events.map(({ seq }) => seq));
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);
const told = (messages: readonly EventsMessage[], seen: readonly number[]): Promise<void> =>
  vi.waitFor(() => expect(numbers(messages)).toEqual(seen), { timeout: 10_000 });

describe('bad handshakes', () => {
  it.each(CASES.filter(({ layer }) => layer === 'handshake'))('$id', async ({ input, expected }) => {
    expect(await connected(socketOf(filled(input)))).toBe(expected.refused);
  });
});

// K11
it('a session opens a socket for pages of this server, and for those of no other site', async () => {
  const signedIn = await api().call('POST', '/session', { key: api().keys.viewer });
  const cookie = signedIn.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  const withOrigin = (origin: string) => connected(socketOf({ headers: { cookie, origin } }));
  expect(await withOrigin(api().origin)).toBeNull();
  expect(await withOrigin('https://evil.example')).toBe('websocket error');
});

describe('bad messages', () => {
  it.each(CASES.filter(({ layer }) => layer === 'message'))('$id', async ({ input, expected }) => {
    const socket = await open();
    const messages = collect(socket);
    const answer = await subscribe(socket, filled(input).message);
    expect(answer).toMatchObject({ ok: false, code: expected.code, detail: expect.any(String) });
    // It is in no room, and may go on.
    await writeEvents(api(), campaignId, 1);
    expect(await subscribe(socket, { campaignId, after: 1 })).toEqual({ ok: true, from: 1 });
    await told(messages, [2]);
  });
});

describe('a socket', () => {
  it('is told what it missed and then what happens, in the numbers of the campaign', async () => {
    await writeEvents(api(), campaignId, 450);
    const socket = await open();
    const messages = collect(socket);
    expect(await subscribe(socket, { campaignId, after: 0 })).toEqual({ ok: true, from: 0 });
    await writeEvents(api(), campaignId, 30);
    await told(messages, upTo(481));
    expect(messages.at(-1)).toMatchObject({ room: 'campaign', campaignId, lastSeq: 481 });
    const listed = await api().call('GET', `/campaigns/${campaignId}/events?after=480`);
    expect(messages.at(-1)?.events.at(-1)).toEqual(listed.body.items[0]);
  });

  it('without a number is told what happens from now on; with one from the future, from the last', async () => {
    const socket = await open();
    const messages = collect(socket);
    expect(await subscribe(socket, { campaignId })).toEqual({ ok: true, from: 1 });
    await writeEvents(api(), campaignId, 1);
    await told(messages, [2]);
    expect(await subscribe(await open(), { campaignId, after: 99 })).toEqual({ ok: true, from: 2 });
  });

  it('hears of one execution, of its campaign and of the whole tenant, each by itself', async () => {
    const executionId = newId();
    const socket = await open();
    const messages = collect(socket);
    const of = (room: string): number[] => numbers(messages.filter((message) => message.room === room));
    await subscribe(socket, { campaignId, executionId, after: 0 });
    await subscribe(socket, { campaignId });
    await subscribe(socket, { tenant: true });
    await writeEvents(api(), campaignId, 1, { executionId });
    await writeEvents(api(), campaignId, 1);
    const other = await createCampaign();
    await vi.waitFor(
      () => expect([of('execution'), of('campaign'), of('tenant')]).toEqual([[2], [2, 3], [2, 3, 1]]),
      {
        timeout: 8_000,
      },
    );
    expect(messages.at(-1)).toMatchObject({ room: 'tenant', campaignId: other });
  }, 15_000);

  it('hears nothing of another tenant', async () => {
    const socket = await open(api().keys.foreign);
    const messages = collect(socket);
    await subscribe(socket, { tenant: true });
    await writeEvents(api(), campaignId, 2);
    const own = await createCampaign(api().keys.foreign);
    await vi.waitFor(() => expect(messages.map((message) => message.campaignId)).toEqual([own]), {
      timeout: 8_000,
    });
  }, 15_000);

  it('does not follow twice, and not after it has said so', async () => {
    const socket = await open();
    const messages = collect(socket);
    await subscribe(socket, { campaignId });
    expect(await subscribe(socket, { campaignId })).toMatchObject({ ok: false, code: 'bad_request' });
    expect(await socket.emitWithAck('unsubscribe', { campaignId })).toEqual({ ok: true });
    await writeEvents(api(), campaignId, 1);
    await subscribe(socket, { campaignId, after: 1 });
    await told(messages, [2]);
  });

  it('hears that its campaign was deleted', async () => {
    const socket = await open();
    await subscribe(socket, { campaignId });
    const ended = new Promise((resolve) => socket.once('ended', resolve));
    await api().call('DELETE', `/campaigns/${campaignId}`);
    expect(await ended).toEqual({ campaignId });
  });

  it('is counted among the viewers until it leaves', async () => {
    const socket = await open();
    await subscribe(socket, { campaignId });
    const viewers = async () => (await api().call('GET', `/campaigns/${campaignId}/viewers`)).body.items;
    await vi.waitFor(async () =>
      expect(await viewers()).toMatchObject([{ name: 'a viewer', connections: 1 }]),
    );
    socket.disconnect();
    await vi.waitFor(async () => expect(await viewers()).toEqual([]));
  });
});

// K09
describe('a socket that asks too much', () => {
  it('follows fifty things and no more', async () => {
    const socket = await open();
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => subscribe(socket, { campaignId, executionId: newId() })),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(50);
    expect(answers.at(-1)).toMatchObject({ ok: false, code: 'limit_exceeded' });
  });

  it('is cut off when it sends a thousand messages at once', async () => {
    const socket = await open();
    const cut = new Promise((resolve) => socket.once('cut', resolve));
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    for (let nth = 0; nth < 1_000; nth++) socket.emit('unsubscribe', { campaignId }, () => undefined);
    expect(await cut).toEqual({ reason: 'too_fast' });
    await gone;
  });

  it('is cut off when it sends two megabytes', async () => {
    const socket = await open();
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    socket.emit('unsubscribe', { campaignId, executionId: 'x'.repeat(2_000_000) }, () => undefined);
    await gone;
    expect((await api().call('GET', '/campaigns')).status).toBe(200);
  });

  it('is cut off soon after its key was revoked elsewhere, and others with it stay', async () => {
    const { db, keys } = api();
    const key = await addKey(db, db.tenantId, 'viewer');
    const socket = await open(key);
    const other = await open(keys.viewer);
    const cut = new Promise((resolve) => socket.once('cut', resolve));
    await db.system.withSystem(
      (tx) => tx.sql`update api_keys set revoked_at = now() where public_id = ${key.split('_')[2] ?? ''}`,
    );
    expect(await cut).toEqual({ reason: 'access_ended' });
    await vi.waitFor(() => expect(socket.connected).toBe(false));
    expect(other.connected).toBe(true);
  });

  it('is cut off soon after its key expired', async () => {
    const { db } = api();
    const socket = await open(
      await addKey(db, db.tenantId, 'viewer', new Date(Date.now() + 1_500).toISOString()),
    );
    const cut = new Promise((resolve) => socket.once('cut', resolve));
    expect(await cut).toEqual({ reason: 'access_ended' });
    await vi.waitFor(() => expect(socket.connected).toBe(false));
  });
});

// K10
describe('sockets that do not read', () => {
  it('are cut off while memory stays where it was; those that read miss nothing, nor do they once they come back', async () => {
    const quick = await open();
    const messages = collect(quick);
    await subscribe(quick, { campaignId });
    const slow = await Promise.all(Array.from({ length: 20 }, () => open()));
    const seen = slow.map(collect);
    for (const socket of slow) {
      await subscribe(socket, { campaignId });
      pauseReading(socket);
    }
    const bytesBefore = process.memoryUsage().rss;
    await writeEvents(api(), campaignId, 200, { size: 100_000 });
    await told(messages, upTo(201).slice(1));
    const cuts = (): Promise<string> =>
      api().metrics.registry.getSingleMetricAsString('outrider_live_cuts_total');
    await vi.waitFor(async () => expect(await cuts()).toContain('{reason="too_slow"} 20'), {
      timeout: 10_000,
    });
    // Twenty times what was written is 400 MB: it was not kept for each.
    expect(process.memoryUsage().rss - bytesBefore).toBeLessThan(250e6);
    const [before = []] = seen;
    const again = await open();
    const rest = collect(again);
    const last = before.at(-1)?.lastSeq ?? 1;
    await subscribe(again, { campaignId, after: last });
    await told(rest, upTo(201).slice(last));
  }, 60_000);
});

/** Takes nothing more from the connection, as a client does whose machine sleeps. */
function pauseReading(socket: TestSocket): void {
  const transport = socket.io.engine.transport as unknown as { ws: { _socket: { pause(): void } } };
  transport.ws._socket.pause();
}
