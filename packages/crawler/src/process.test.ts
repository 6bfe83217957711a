import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createTestDatabase } from '@outrider/db/testing';
import { prepareQueueStore, queueStoreFrom } from '@outrider/queue';
import { expect, inject, it } from 'vitest';

it('the worker process answers for its health on the address of the settings only', async () => {
  const db = await createTestDatabase(inject('postgresAdminUrl'));
  await prepareQueueStore(
    queueStoreFrom({ DATABASE_URL: db.url, QUEUE_DATABASE_URL: undefined, REDIS_URL: undefined }),
  );
  const loader = new URL('../../db/src/testing/typescript-loader.mjs', import.meta.url).href;
  const entry = fileURLToPath(new URL('./process.ts', import.meta.url));
  const env = {
    PATH: '/usr/bin:/bin',
    DATABASE_URL: db.url,
    METRICS_PORT: '0',
    OUTRIDER_HOST: '127.0.0.2',
    LOG_LEVEL: 'error',
  };
  const child = spawn(process.execPath, ['--conditions=source', '--import', loader, entry], { env });
  const exited = once(child, 'exit');
  try {
    child.stderr.resume();
    const { value } = await createInterface(child.stdout)[Symbol.asyncIterator]().next();
    const { metricsPort } = JSON.parse(String(value)) as { metricsPort: number };
    expect((await fetch(`http://127.0.0.2:${metricsPort}/metrics`)).status).toBe(200);
    await expect(fetch(`http://127.0.0.1:${metricsPort}/metrics`)).rejects.toThrow('fetch failed');
  } finally {
    child.kill('SIGKILL');
    await exited;
    await db.drop();
  }
});
