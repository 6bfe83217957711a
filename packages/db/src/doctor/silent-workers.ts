import type { Tx } from '../connect/database.js';

/** A worker that was heard of and is not any more, without having given itself up or been seen to end. */
export interface SilentWorker {
  readonly host: string;
  readonly pid: number;
  /** Whether `up` on its machine watches it. */
  readonly supervised: boolean;
  readonly silentSeconds: number;
}

/** After so long a process that is still listed has been looked after, or its machine is no more. Milliseconds. */
const LOOKED_FOR_MS = 900_000;
/** A supervisor takes two leases and a little to notice, and some seconds to start another. */
const REPLACED_WITHIN = { leases: 4, leastSeconds: 60 };

/**
 * Workers that have been silent for two leases: those that count as alive still, and those that were given up for it a short while
 * ago, unless a worker has been started on their machine since. Newest silence first.
 */
export function listSilentWorkers({ sql }: Tx, laneLeaseMs: number): Promise<SilentWorker[]> {
  const lease = sql`${laneLeaseMs} * interval '1 millisecond'`;
  return sql<SilentWorker[]>`
    select host, pid, supervised, extract(epoch from clock_timestamp() - heartbeat_at)::float8 as "silentSeconds"
    from crawler_instances instance
    where heartbeat_at < clock_timestamp() - 2 * ${lease} and ended_by is null
      and (state <> 'gone' or (
        -- One that gives itself up does so with its last heartbeat.
        updated_at > heartbeat_at + ${lease} and heartbeat_at > clock_timestamp() - ${LOOKED_FOR_MS} * interval '1 millisecond'
        and not exists (
          select from crawler_instances later
          where later.host = instance.host and later.state <> 'gone' and later.started_at > instance.heartbeat_at)))
    order by heartbeat_at desc, id`;
}

/** Whether its supervisor is about to replace it. Pure. */
export function isBeingReplaced({ supervised, silentSeconds }: SilentWorker, laneLeaseMs: number): boolean {
  const within = Math.max(REPLACED_WITHIN.leastSeconds, (REPLACED_WITHIN.leases * laneLeaseMs) / 1_000);
  return supervised && silentSeconds < within;
}

/** Which process it is and what to do about it, in a sentence. Pure. */
export function adviseOnSilent(worker: SilentWorker, laneLeaseMs: number): string {
  const { host, pid, supervised, silentSeconds } = worker;
  const what = `Process ${pid} on ${host} has been silent for ${Math.round(silentSeconds)} s`;
  if (isBeingReplaced(worker, laneLeaseMs)) {
    return `${what}: nothing to do, the platform that started it ends and replaces it.`;
  }
  const end = `if it is still there, end it on ${host} with \`kill -9 ${pid}\``;
  return supervised
    ? `${what}: the platform that started it should have replaced it, and may have ended; ${end}, and look whether \`outrider up\` runs there.`
    : `${what}: ${end}, and start another worker unless something on that machine does.`;
}
