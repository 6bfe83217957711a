import { EXECUTION_TRANSITIONS, type ExecutionState } from '@outrider/shared';
import { differs, type Evidence } from './evidence.js';

interface HistoryEvent {
  event_type: string;
  payload: { from?: ExecutionState; to?: ExecutionState; laneId?: string; epoch?: number };
  at: Date;
}

/**
 * I4: every move of the execution is a legal one and begins where the last one ended, there is exactly one
 * end, times never go back, and the epochs of a lane only rise.
 */
export async function legalHistory({ db, executionId }: Evidence): Promise<string[]> {
  const events = await db.system.withSystem(
    (tx) => tx.sql<HistoryEvent[]>`
      select event_type, payload, occurred_at as at from event_stream where execution_id = ${executionId} order by seq`,
  );
  const ends = events.filter(({ event_type }) => event_type === 'execution.ended').length;
  return [
    ...illegalMoves(events),
    ...differs('terminal events', ends, 1),
    ...timesGoingBack(events),
    ...epochsGoingBack(events),
    ...(await rowsGoingBack(db, executionId)),
  ];
}

function illegalMoves(events: readonly HistoryEvent[]): string[] {
  const violations: string[] = [];
  let state: ExecutionState = 'queued';
  for (const { payload } of events) {
    if (payload.from === undefined || payload.to === undefined) continue;
    const isLegal = payload.from === state && EXECUTION_TRANSITIONS[state].includes(payload.to as never);
    if (!isLegal) violations.push(`an illegal move from ${state}: ${payload.from} to ${payload.to}`);
    state = payload.to;
  }
  return violations;
}

function timesGoingBack(events: readonly HistoryEvent[]): string[] {
  return events.flatMap(({ at, event_type }, index) => {
    const before = events[index - 1]?.at;
    return before !== undefined && before > at ? [`${event_type} happened before the event before it`] : [];
  });
}

/** Whoever speaks for a lane under an older epoch than one already seen was not refused. */
function epochsGoingBack(events: readonly HistoryEvent[]): string[] {
  const highest = new Map<string, number>();
  return events.flatMap(({ event_type, payload: { laneId, epoch } }) => {
    if (laneId === undefined || epoch === undefined) return [];
    const seen = highest.get(laneId) ?? 0;
    highest.set(laneId, Math.max(seen, epoch));
    return epoch < seen ? [`${event_type} under epoch ${epoch}, after epoch ${seen}`] : [];
  });
}

async function rowsGoingBack(db: Evidence['db'], executionId: string): Promise<string[]> {
  const rows = await db.system.withSystem(
    (tx) => tx.sql`
      select 1 from campaign_executions
      where id = ${executionId} and (started_at < created_at or completed_at < started_at or completed_at is null)`,
  );
  return rows.length === 0 ? [] : ['the times of the execution are missing or out of order'];
}
