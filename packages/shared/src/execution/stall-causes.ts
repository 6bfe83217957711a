/**
 * Why an execution that should move does not, with what each means to the person who asks. The order is that of
 * the diagnosis: the first that holds is the cause, since it explains those after it. `docs/recovery.md` is
 * tested against it.
 */
export const STALL_CAUSES = {
  disk_full: 'the database has no room left on its disk and refuses writes',
  database_slow: 'the database takes seconds to answer, or something in it waits for a lock',
  poison_page: 'a URL took its worker down more than once and is to be tried once more',
  worker_stuck:
    'a worker holds its lanes, or its connections, and does nothing: its event loop is blocked or it hangs',
  no_worker_alive: 'no worker that could take its lanes is alive',
  queue_and_ledger_apart:
    'its turn has come, its lanes are offered, workers are free, and none comes: the queue does not reach them',
  leases_leaking: 'URLs or host permits are leased to a lane that does not hold them',
  host_frozen: 'every host that it has URLs left on is frozen',
  host_backoff:
    'every host that it has URLs left on is left alone for a while, as the host wants or its failures suggest',
  unexplained: 'none of the known causes holds',
} as const;
export type StallCause = keyof typeof STALL_CAUSES;
export const STALL_CAUSE_NAMES = Object.keys(STALL_CAUSES) as [StallCause, ...StallCause[]];

/** What the stall doctor can do about a stall. */
export const STALL_REPAIRS = {
  lane_taken_away: 'a lane was taken from a worker that holds it and does nothing, for another to go on',
  lane_offered_anew: 'a lane was offered to the queue under a new epoch, past whatever swallowed its old job',
  targets_returned: 'URLs leased to a lane that does not have them are pending again',
  permits_freed: 'host permits of lanes that hold nothing were freed',
  gave_way: 'the execution was ended as failed, since the next tick of its schedule was due',
} as const;
export type StallRepair = keyof typeof STALL_REPAIRS;
export const STALL_REPAIR_NAMES = Object.keys(STALL_REPAIRS) as [StallRepair, ...StallRepair[]];
