import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readExecution } from '@outrider/db';
import { plantExecution, settleUrl } from '@outrider/db/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BACKENDS,
  openTestPlatform,
  readEvents,
  type TestPlatform,
  takeTestLane,
} from './testing/test-platform.js';

let platform: TestPlatform;
const children: ChildProcessWithoutNullStreams[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await platform.close();
});

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly lines: AsyncIterator<string>;
  readonly exited: Promise<unknown[]>;
}

/** Starts the process on the test's stores, from its sources. */
function run(over: Record<string, string> = {}): Running {
  const loader = new URL('../../db/src/testing/typescript-loader.mjs', import.meta.url).href;
  const entry = fileURLToPath(new URL('./process.ts', import.meta.url));
  const { store, db } = platform;
  const queue = store.kind === 'redis' ? { REDIS_URL: store.url } : {};
  const env = {
    PATH: '/usr/bin:/bin',
    DATABASE_URL: db.url,
    OUTRIDER_RECONCILE_INTERVAL_MS: '100',
    ...queue,
    ...over,
  };
  const child = spawn(process.execPath, ['--conditions=source', '--import', loader, entry], { env });
  children.push(child);
  child.stderr.resume();
  return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator](), exited: once(child, 'exit') };
}

async function nextLine({ lines }: Running): Promise<Record<string, unknown>> {
  const { value, done } = await lines.next();
  if (done === true) throw new Error('the process ended without a line');
  return JSON.parse(value) as Record<string, unknown>;
}

describe.each(BACKENDS)('the orchestrator process on %s', (backend) => {
  beforeEach(async () => {
    platform = await openTestPlatform(backend, 14);
  });

  it('says that it is ready, is healthy, ends executions, and stops on SIGTERM', async () => {
    const seeds = ['https://a.test/'];
    const { executionId, laneIds } = await plantExecution(platform.db, { seeds });
    await takeTestLane(platform, laneIds[0] ?? '');
    await platform.db.app.withTenant(platform.db.tenantId, (tx) =>
      settleUrl(tx, executionId, 'https://a.test/', { fetched: 200 }),
    );
    const running = run();
    const ready = await nextLine(running);
    expect(ready).toEqual({ ready: true, process: 'orchestrator', metricsPort: expect.any(Number) });

    const base = `http://127.0.0.1:${ready['metricsPort']}`;
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${base}/metrics`)).text()).toContain('outrider_build_info{version="0.1.0"');
    const read = () =>
      platform.db.app.withTenant(platform.db.tenantId, (tx) => readExecution(tx, executionId));
    while ((await read()).status === 'running') await sleep(20);
    expect(await read()).toMatchObject({ status: 'completed', endReason: 'frontier_exhausted' });

    running.child.kill('SIGTERM');
    expect(await running.exited).toEqual([0, null]);
  });

  it('killed in the middle of ending an execution leaves it running, and the next one ends it', async () => {
    const { executionId, laneIds } = await plantExecution(platform.db, { seeds: [] });
    await takeTestLane(platform, laneIds[0] ?? '');
    const dying = run({ OUTRIDER_CRASH_AT: 'in_completion' });
    expect(await dying.exited).toEqual([null, 'SIGKILL']);
    const read = () =>
      platform.db.app.withTenant(platform.db.tenantId, (tx) => readExecution(tx, executionId));
    expect((await read()).status).toBe('running');

    run();
    while ((await read()).status === 'running') await sleep(20);
    const events = await readEvents(platform, executionId);
    expect(events.filter(({ type }) => type === 'execution.ended')).toHaveLength(1);
  });
});

describe('the orchestrator process', () => {
  beforeEach(async () => {
    platform = await openTestPlatform('postgres', 15);
  });

  it('ends with the supervisor that holds its standard input', async () => {
    const running = run({ OUTRIDER_SUPERVISED: '1' });
    await nextLine(running);
    running.child.stdin.end();
    expect(await running.exited).toEqual([0, null]);
  });

  it.each([
    [{ DATABASE_URL: '' }, 'invalid_settings'],
    [{ METRICS_PORT: '99999' }, 'invalid_settings'],
  ])('with %j says what is wrong and exits with 1', async (settings, code) => {
    const running = run(settings);
    expect(await nextLine(running)).toMatchObject({ error: { code } });
    expect(await running.exited).toEqual([1, null]);
  });
});
