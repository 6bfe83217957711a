import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { startTcpProxy } from '../testing/tcp-proxy.js';
import { createAnswerWatch } from './answer-watch.js';
import { openConnection } from './connection.js';
import { isConnectionError } from './connection-errors.js';
import { runTransaction } from './run-transaction.js';

describe('createAnswerWatch', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function startWatch() {
    const onSilence = vi.fn<() => void>();
    return { onSilence, watch: createAnswerWatch(100, onSilence) };
  }
  const answerAfter = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  it('calls out when an answer does not come', async () => {
    const { onSilence, watch } = startWatch();
    watch.expect(new Promise(() => undefined));
    await vi.advanceTimersByTimeAsync(99);
    expect(onSilence).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(onSilence).toHaveBeenCalledOnce();
  });

  it('every answer gives the others the full time again', async () => {
    const { onSilence, watch } = startWatch();
    for (const ms of [90, 180, 270]) watch.expect(answerAfter(ms));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(onSilence).not.toHaveBeenCalled();
  });

  it('waits for nothing when all is answered, be it by an error', async () => {
    const { onSilence, watch } = startWatch();
    watch.expect(Promise.reject(new Error('an answer too')));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(onSilence).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('a transaction on a network that swallows everything ends with a connection error', async () => {
  const server = new URL(inject('postgresAdminUrl'));
  const proxy = await startTcpProxy({ targetPort: Number(server.port) });
  server.port = String(proxy.port);
  const connection = await openConnection({ url: server.href, parameters: {} });
  const work = runTransaction(
    connection,
    'begin',
    async ({ sql }) => {
      await sql`select 1`;
      proxy.freeze();
      await Promise.all([sql`select 2`, sql`select 3`]);
    },
    200,
  );
  await expect(work).rejects.toSatisfy(isConnectionError);
  expect(connection.isClosed()).toBe(true);
  await proxy.close();
});
