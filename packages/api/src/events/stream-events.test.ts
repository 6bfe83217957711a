import { newId } from '@outrider/shared';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { type OpenedStream, readStream } from '../testing/read-stream.js';
import { addKey } from '../testing/start-test-api.js';
import { writeEvents } from '../testing/write-events.js';

const api = oneApiPerFile({ rememberKeysMs: 100, recheckMs: 200, liveConnectionsPerKey: 5 });
let campaignId: string;
beforeEach(async () => {
  const json = { name: 'Followed', seeds: ['https://example.org/'] };
  campaignId = (await api().call('POST', '/campaigns', { json })).body.id;
});

interface Opening {
  readonly query?: string;
  readonly lastId?: string;
  readonly key?: string;
  /** In place of the key. */
  readonly cookie?: string;
  readonly id?: string;
}

async function open({
  query = '',
  lastId,
  key,
  cookie,
  id = campaignId,
}: Opening = {}): Promise<OpenedStream> {
  const stream = await readStream(`${api().origin}/api/crawler/campaigns/${id}/events${query}`, {
    ...(cookie === undefined ? { authorization: `Bearer ${key ?? api().keys.viewer}` } : { cookie }),
    ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
  });
  onTestFinished(() => stream.close());
  return stream;
}

const numbers = ({ messages }: OpenedStream): number[] => messages.map(({ id }) => Number(id));
const follows = (stream: OpenedStream, seen: readonly number[]): Promise<void> =>
  vi.waitFor(() => expect(numbers(stream)).toEqual(seen), { timeout: 15_000 });

describe('a stream of events', () => {
  it('begins with what was missed and goes on with what happens, each as in the list', async () => {
    await writeEvents(api(), campaignId, 2);
    const stream = await open();
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
      'cache-control': 'no-store, no-transform',
    });
    await follows(stream, [1, 2, 3]);
    await writeEvents(api(), campaignId, 1);
    await follows(stream, [1, 2, 3, 4]);
    const listed = await api().call('GET', `/campaigns/${campaignId}/events`);
    expect(stream.messages.map(({ data }) => JSON.parse(data) as unknown)).toEqual(listed.body.items);
  });

  it('is resumed after the number in Last-Event-ID, before the one in the address', async () => {
    await writeEvents(api(), campaignId, 4);
    await follows(await open({ query: '?after=2' }), [3, 4, 5]);
    await follows(await open({ query: '?after=1', lastId: '3' }), [4, 5]);
    const present = await open({ lastId: '5' });
    await writeEvents(api(), campaignId, 1);
    await follows(present, [6]);
  });

  it('replays a long history without a hole while it grows', async () => {
    await writeEvents(api(), campaignId, 450);
    const stream = await open();
    await writeEvents(api(), campaignId, 50);
    await follows(
      stream,
      Array.from({ length: 501 }, (_, index) => index + 1),
    );
  });

  it('tells of one execution alone where that was asked for', async () => {
    const own = newId();
    await writeEvents(api(), campaignId, 1, { executionId: newId() });
    await writeEvents(api(), campaignId, 1, { executionId: own });
    const stream = await open({ query: `?executionId=${own}` });
    await follows(stream, [3]);
    await writeEvents(api(), campaignId, 1, { executionId: newId() });
    await writeEvents(api(), campaignId, 1, { executionId: own });
    await follows(stream, [3, 5]);
  });

  it('tells a client that has seen more than there is where the history ends', async () => {
    const stream = await open({ lastId: '99' });
    await vi.waitFor(() =>
      expect(stream.messages).toMatchObject([{ event: 'reset', data: '{"lastSeq":1}' }]),
    );
    await writeEvents(api(), campaignId, 1);
    await vi.waitFor(() => expect(stream.messages.at(-1)).toMatchObject({ event: 'message', id: '2' }));
  });

  it('is not to be had of an unknown campaign, of a foreign one, or after what is no number', async () => {
    expect((await open({ id: newId() })).status).toBe(404);
    expect((await open({ key: api().keys.foreign })).status).toBe(404);
    expect((await open({ lastId: '1; drop' })).status).toBe(400);
    expect((await open({ query: '?after=-1' })).status).toBe(400);
  });

  it('ends with its campaign', async () => {
    const stream = await open();
    expect((await api().call('DELETE', `/campaigns/${campaignId}`)).status).toBe(204);
    await stream.ended;
  });

  it('is one of so many that a key may have', async () => {
    const key = await addKey(api().db, api().db.tenantId, 'viewer');
    const streams = await Promise.all(Array.from({ length: 5 }, () => open({ key })));
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const refused = await open({ key });
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '5']);
    streams[0]?.close();
    await vi.waitFor(async () => expect((await open({ key })).status).toBe(200));
  });
});

describe('access to a stream', () => {
  it('of a session lives as long as that, and those of its key go on', async () => {
    const { viewer: key } = api().keys;
    const signedIn = await api().call('POST', '/session', { key });
    const cookie = signedIn.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
    const [ofSession, ofKey] = [await open({ cookie }), await open({ key })];
    expect([ofSession.status, ofKey.status]).toEqual([200, 200]);
    // Both have been asked who they are several times by then.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await writeEvents(api(), campaignId, 1);
    await Promise.all([follows(ofSession, [1, 2]), follows(ofKey, [1, 2])]);
    const headers = { cookie, origin: api().origin, 'sec-fetch-site': 'same-origin' };
    expect((await api().call('DELETE', '/session', { key: null, headers })).status).toBe(204);
    await ofSession.ended;
    await writeEvents(api(), campaignId, 1);
    await follows(ofKey, [1, 2, 3]);
  });

  it('ends at once where the key is revoked, and soon where another process revoked it', async () => {
    const { db } = api();
    const made = await api().call('POST', '/api-keys', { json: { name: 'here', scope: 'viewer' } });
    const here = await open({ key: made.body.key });
    const key = await addKey(db, db.tenantId, 'viewer');
    const elsewhere = await open({ key });
    const kept = await open();
    await api().call('DELETE', `/api-keys/${made.body.id}`);
    await here.ended;
    await db.system.withSystem(
      (tx) => tx.sql`update api_keys set revoked_at = now() where public_id = ${key.split('_')[2] ?? ''}`,
    );
    await elsewhere.ended;
    await writeEvents(api(), campaignId, 1);
    await follows(kept, [1, 2]);
  });
});

// K10
describe('a client that does not read', () => {
  it('is cut off, comes back to where it was, and keeps nobody waiting', async () => {
    const slow = await open();
    const quick = await open();
    await follows(slow, [1]);
    slow.pause();
    await writeEvents(api(), campaignId, 160, { size: 100_000 });
    const all = Array.from({ length: 161 }, (_, index) => index + 1);
    await follows(quick, all);
    const cuts = async (): Promise<string> =>
      api().metrics.registry.getSingleMetricAsString('outrider_live_cuts_total');
    await vi.waitFor(async () => expect(await cuts()).toContain('{reason="too_slow"} 1'), { timeout: 5_000 });
    const last = numbers(slow).at(-1) ?? 0;
    const again = await open({ lastId: String(last) });
    await follows(again, all.slice(last));
  }, 30_000);
});
