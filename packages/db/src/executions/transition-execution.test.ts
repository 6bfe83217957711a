import {
  canTransition,
  EXECUTION_STATES,
  type ExecutionState,
  isTerminal,
  OutriderError,
} from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { plantExecution } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { type EndState, type ExecutionMove, transitionExecution } from './transition-execution.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

const NOTHING = { discovered: 0, fetched: 0, failed: 0, skipped: 0, pending: 0 };

function isEnd(state: ExecutionState): state is EndState {
  return isTerminal(state);
}

function moveTo(executionId: string, to: ExecutionState): ExecutionMove {
  if (!isEnd(to)) return { executionId, by: 'a test', to };
  return { executionId, by: 'a test', to, endReason: 'internal_error', coverage: NOTHING };
}

const transition = (executionId: string, to: ExecutionState) =>
  db.app.withTenant(db.tenantId, (tx) => transitionExecution(tx, moveTo(executionId, to)));

/** Puts an execution into a state without asking whether it may be there. */
async function plantIn(state: ExecutionState): Promise<string> {
  const { executionId } = await plantExecution(db);
  await db.app.withTenant(
    db.tenantId,
    ({ sql }) => sql`
      update campaign_executions set status = ${state},
        started_at = case when ${state} = 'queued' then null else now() - interval '2 seconds' end,
        completed_at = case when ${isTerminal(state)} then now() - interval '1 second' end,
        end_reason = case when ${isTerminal(state)} then 'internal_error' end
      where id = ${executionId}`,
  );
  return executionId;
}

interface ExecutionRow {
  status: ExecutionState;
  end_reason: string | null;
  started_at: Date | null;
  completed_at: Date | null;
  duration_seconds: number | null;
}

async function read(executionId: string) {
  return db.app.withTenant(db.tenantId, async ({ sql }) => {
    const [row] = await sql<ExecutionRow[]>`
      select status, end_reason, started_at, completed_at, duration_seconds from campaign_executions where id = ${executionId}`;
    const events = await sql<{ event_type: string; payload: Record<string, unknown> }[]>`
      select event_type, payload from event_stream where execution_id = ${executionId} order by seq`;
    return { row, events: events.map(({ event_type, payload }) => ({ event_type, payload })) };
  });
}

describe.each(EXECUTION_STATES)('from %s', (from) => {
  it.each(EXECUTION_STATES)('to %s: as the table of moves says, and with its one event', async (to) => {
    const executionId = await plantIn(from);
    if (from === to) {
      expect(await transition(executionId, to)).toBe(false);
      expect((await read(executionId)).events).toEqual([]);
      return;
    }
    if (!canTransition(from, to)) {
      const refusal = await transition(executionId, to).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(OutriderError);
      expect(refusal).toMatchObject({ code: 'illegal_transition' });
      expect(await read(executionId)).toMatchObject({ row: { status: from }, events: [] });
      return;
    }
    expect(await transition(executionId, to)).toBe(true);
    const { row, events } = await read(executionId);
    expect(row?.status).toBe(to);
    expect(events).toEqual([
      isEnd(to)
        ? {
            event_type: 'execution.ended',
            payload: { from, to, endReason: 'internal_error', coverage: NOTHING },
          }
        : { event_type: 'execution.state_changed', payload: { from, to, by: 'a test' } },
    ]);
  });
});

it('started_at is set when it first runs and stays through a pause; the end sets duration and reason', async () => {
  const executionId = await plantIn('queued');
  await transition(executionId, 'running');
  const startedAt = (await read(executionId)).row?.started_at;
  expect(startedAt).toBeInstanceOf(Date);
  for (const state of ['pausing', 'paused', 'running'] as const) await transition(executionId, state);
  expect((await read(executionId)).row).toMatchObject({ started_at: startedAt, completed_at: null });
  await transition(executionId, 'completed');
  const { row } = await read(executionId);
  expect(row).toMatchObject({ started_at: startedAt, end_reason: 'internal_error' });
  const seconds = ((row?.completed_at?.getTime() ?? 0) - (startedAt?.getTime() ?? 0)) / 1000;
  expect(row?.duration_seconds).toBeCloseTo(seconds, 2);
});

it('an execution that never ran has no duration', async () => {
  const executionId = await plantIn('queued');
  await transition(executionId, 'stopped');
  expect((await read(executionId)).row).toMatchObject({ started_at: null, duration_seconds: null });
});

it('of many that want the same end, one does it', async () => {
  const executionId = await plantIn('stopping');
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => transition(executionId, 'stopped')));
  expect(outcomes.filter(Boolean)).toHaveLength(1);
  expect((await read(executionId)).events).toHaveLength(1);
});

it('another tenant finds no such execution', async () => {
  const executionId = await plantIn('running');
  const foreign = db.app.withTenant('00000000-0000-7000-8000-000000000000', (tx) =>
    transitionExecution(tx, moveTo(executionId, 'stopping')),
  );
  await expect(foreign).rejects.toMatchObject({ code: 'not_found' });
});
