import { abridged, type Evidence } from './evidence.js';

/** I5: events are numbered 1 to n, in the table and for a client that only ever asked for what came next. */
export async function gaplessEvents({ db, executionId, seenEvents }: Evidence): Promise<string[]> {
  const events = await db.system.withSystem(
    (tx) => tx.sql<{ seq: number; type: string }[]>`
      select seq::int, event_type as type from event_stream
      where campaign_id = (select campaign_id from campaign_executions where id = ${executionId}) order by seq`,
  );
  const holes = events.filter(({ seq }, index) => seq !== index + 1).map(({ seq }) => seq);
  if (seenEvents === null) return abridged('event numbers after a hole', holes);
  const missed = events.filter(
    ({ seq, type }, index) => seenEvents[index]?.seq !== seq || seenEvents[index]?.type !== type,
  );
  return [
    ...abridged('event numbers after a hole', holes),
    ...abridged('events that a client missed or saw otherwise', missed),
    ...(seenEvents.length > events.length ? ['a client saw events that are not there'] : []),
  ];
}
